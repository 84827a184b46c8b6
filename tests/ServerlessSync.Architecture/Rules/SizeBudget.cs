using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ServerlessSync.Architecture;

/// <summary>How long files and functions may be. Caps fail; median and 90th percentile are shown beside what is aimed at.</summary>
static class SizeBudget
{
    const int FileCap = 400;
    const int FunctionCap = 60;
    const int ParameterCap = 5;

    public static IEnumerable<string> Files(SourceTree tree) =>
        from path in tree.ProductCode.Concat(tree.TestCode)
        let lines = LinesOf(tree.Content(path))
        where lines > FileCap
        select $"{path} has {lines} lines; the cap is {FileCap}";

    public static IEnumerable<string> Functions(SourceTree tree) =>
        from path in tree.ProductCode
        from function in Function.In(tree, path)
        where function.Lines > FunctionCap
        select $"{path}:{function.Line} {function.Name} has {function.Lines} lines; the cap is {FunctionCap}";

    public static IEnumerable<string> Constructors(SourceTree tree) =>
        from path in tree.ProductCode
        from node in tree.Parsed(path).DescendantNodes()
        let parameters = ParametersOf(node)
        where parameters > ParameterCap
        select $"{path}:{node.SyntaxTree.GetLineSpan(node.Span).StartLinePosition.Line + 1} a constructor takes {parameters} parameters; the cap is {ParameterCap}";

    /// <summary>The numbers as they stand.</summary>
    public static string Summary(SourceTree tree)
    {
        int[] files = [.. tree.ProductCode.Select(path => LinesOf(tree.Content(path))).Order()];
        int[] functions = [.. tree.ProductCode.SelectMany(path => Function.In(tree, path)).Select(function => function.Lines).Order()];
        int[] publicTypes = [.. tree.ProductCode.Select(path => PublicTypes(tree.Parsed(path))).Where(count => count > 0)];
        var single = publicTypes.Length == 0 ? 100 : 100.0 * publicTypes.Count(count => count == 1) / publicTypes.Length;
        return string.Create(CultureInfo.InvariantCulture, $"""
            files      {Describe(files)} (aim 45 / 170, cap {FileCap})
            functions  {Describe(functions)} (aim 8 / 25, cap {FunctionCap})
            one public type per file  {single:F0}% of {publicTypes.Length} files with any
            """);
    }

    static string Describe(int[] sorted) => sorted.Length == 0
        ? "none"
        : $"{sorted.Length}, {sorted.Sum()} lines: median {sorted[sorted.Length / 2]} / p90 {sorted[sorted.Length * 9 / 10]} / max {sorted[^1]}";

    static int LinesOf(string content) => content.Count(c => c == '\n');

    // Records are values and may have as many parts as they need.
    static int ParametersOf(SyntaxNode node) => node switch
    {
        RecordDeclarationSyntax => 0,
        TypeDeclarationSyntax type => type.ParameterList?.Parameters.Count ?? 0,
        ConstructorDeclarationSyntax constructor => constructor.ParameterList.Parameters.Count,
        _ => 0,
    };

    static int PublicTypes(SyntaxNode root) =>
        root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Count(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax && member.Modifiers.Any(SyntaxKind.PublicKeyword));
}
