using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ServerlessSync.Architecture;

/// <summary>A name that code and deployment share stands in the product once, as the constant it is.</summary>
static class NameLiterals
{
    // The mesh has no reference to Web, so what the mesh itself names is written there and taken over by Names.cs and Routes.cs.
    static readonly string[] Homes =
    [
        "functions/ServerlessSync.Mesh/Configuration/ApiRoles.cs",
        "functions/ServerlessSync.Mesh/Storage/TableNames.cs",
        "functions/ServerlessSync.Web/Names.cs",
        "functions/ServerlessSync.Web/Routes.cs",
    ];

    // The same word with another meaning, and one name that an error tells the operator where Web cannot be seen.
    static readonly (string Path, string Name)[] Exempt =
    [
        ("functions/ServerlessSync.Mesh/Audit/Checkpoints/CheckpointChain.cs", "checkpoints"),        // what is hashed for the first checkpoint
        ("functions/ServerlessSync.Mesh/Configuration/Sections/RetentionSection.cs", "inbox"),        // a key of mesh.yaml
        ("functions/ServerlessSync.Storage.Tables/Rows/StoreFailures.cs", "Storage Table Data Contributor"),
    ];

    public static IEnumerable<string> Check(SourceTree tree, CodeNames names) =>
        from path in tree.Code("functions/")
        where !Homes.Contains(path)
        from text in Literals(tree.Parsed(path)).Distinct(StringComparer.Ordinal)
        from name in names.All
        where IsIn(name, text) && !Exempt.Contains((path, name))
        select $"{path} writes '{name}' as a text";

    static IEnumerable<string> Literals(SyntaxNode root) =>
        from token in root.DescendantTokens()
        where token.IsKind(SyntaxKind.StringLiteralToken)
            || token.IsKind(SyntaxKind.Utf8StringLiteralToken)
            || token.IsKind(SyntaxKind.InterpolatedStringTextToken)
            || token.IsKind(SyntaxKind.SingleLineRawStringLiteralToken)
            || token.IsKind(SyntaxKind.MultiLineRawStringLiteralToken)
        select token.ValueText;

    // A plain word is a word of sentences too, so only the whole text counts; any other name counts wherever it stands.
    static bool IsIn(string name, string text) =>
        name.All(char.IsAsciiLetterLower) || name.StartsWith('/') || !name.Any(IsJoint)
            ? text == name
            : text.Contains(name, StringComparison.Ordinal);

    static bool IsJoint(char c) => c is '-' or '_' or '.' or ' ';
}
