using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ServerlessSync.Architecture;

/// <summary>Names that say nothing, and notes of unfinished work.</summary>
static partial class Wording
{
    static readonly string[] Skipped = [".md", ".sln", ".json"];

    public static IEnumerable<string> FileNames(SourceTree tree) =>
        from path in tree.ProductCode.Concat(tree.TestCode)
        from part in path.Split('/', '.')
        where Empty().IsMatch(part)
        select $"{path} has the name {part}";

    public static IEnumerable<string> TypeNames(SourceTree tree) =>
        from path in tree.ProductCode.Concat(tree.TestCode)
        from type in tree.Parsed(path).DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
        where Empty().IsMatch(type.Identifier.Text)
        select $"{path} declares {type.Identifier.Text}";

    public static IEnumerable<string> Notes(SourceTree tree) =>
        from path in tree.Paths
        where !Array.Exists(Skipped, ending => path.EndsWith(ending, StringComparison.Ordinal))
        let note = Note().Match(tree.Content(path))
        where note.Success
        select $"{path} holds a {note.Value}";

    // A manager is also a person here, so only a name that ends in the word is an empty one (ManagerFilled is not, LaneManager is).
    [GeneratedRegex("(Managers?|Helpers?|Util(s|ity|ities)?|Commons?)$|(Helper|Util|Common)(?=[A-Z])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Empty();

    [GeneratedRegex(@"\b(TO" + @"DO|FIX" + @"ME)\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Note();
}
