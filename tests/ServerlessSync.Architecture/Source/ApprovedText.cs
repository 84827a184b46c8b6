namespace ServerlessSync.Architecture;

/// <summary>Compares a text with the one that was approved. A difference leaves the new text beside the approved one.</summary>
static class ApprovedText
{
    public static string? Compare(string folder, string name, string text)
    {
        var approved = Path.Combine(folder, name + ".approved.txt");
        var received = Path.Combine(folder, name + ".received.txt");
        var known = File.Exists(approved) ? File.ReadAllText(approved) : "";
        if (known == text)
        {
            File.Delete(received);
            return null;
        }

        File.WriteAllText(received, text);
        return $"""
            {name} differs from what was approved:
            {string.Join('\n', Changes(known, text))}
            If that is meant, accept it:
            mv {Relative(received)} {Relative(approved)}
            """;
    }

    static IEnumerable<string> Changes(string known, string text)
    {
        var before = known.Split('\n');
        var after = text.Split('\n');
        return before.Except(after, StringComparer.Ordinal).Select(line => "- " + line)
            .Concat(after.Except(before, StringComparer.Ordinal).Select(line => "+ " + line));
    }

    static string Relative(string file) => Path.GetRelativePath(SourceTree.Root, file);
}
