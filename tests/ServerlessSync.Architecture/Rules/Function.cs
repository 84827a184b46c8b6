using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ServerlessSync.Architecture;

/// <summary>A function of the source and the lines it spans, signature included, comments above it not.</summary>
sealed record Function(string Path, string Name, int Line, int Lines)
{
    public static IEnumerable<Function> In(SourceTree tree, string path) =>
        from node in tree.Parsed(path).DescendantNodes()
        let name = NameOf(node)
        where name is not null
        let span = node.SyntaxTree.GetLineSpan(node.Span)
        select new Function(path, name, span.StartLinePosition.Line + 1, span.EndLinePosition.Line - span.StartLinePosition.Line + 1);

    // Only what has a body: an interface's members and automatic properties are no functions.
    static string? NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax m when HasBody(m) => m.Identifier.Text,
        ConstructorDeclarationSyntax c => c.Identifier.Text,
        BaseMethodDeclarationSyntax other when HasBody(other) => other.Kind().ToString(),
        LocalFunctionStatementSyntax local => local.Identifier.Text,
        AccessorDeclarationSyntax a when a.Body is not null || a.ExpressionBody is not null => a.Keyword.Text,
        PropertyDeclarationSyntax { ExpressionBody: not null } p => p.Identifier.Text,
        IndexerDeclarationSyntax { ExpressionBody: not null } => "this",
        _ => null,
    };

    static bool HasBody(BaseMethodDeclarationSyntax method) => method.Body is not null || method.ExpressionBody is not null;
}
