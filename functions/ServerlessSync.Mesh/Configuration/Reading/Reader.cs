using System.Globalization;

namespace ServerlessSync.Mesh.Configuration.Reading;

/// <summary>Reads values from nodes. Every fault is reported and answered with null, so that reading goes on to the next one.</summary>
sealed class Reader(Findings findings)
{
    const int LongestShown = 60;

    /// <summary>Text as shown in a message.</summary>
    public static string Short(string text) => text.Length <= LongestShown ? text : text[..LongestShown] + "...";

    public void Fault(Node node, string message) => findings.Add(node, message);

    public void Fault(string path, int line, string message) => findings.Add(path, line, message);

    public Section Open(Node? node, params IReadOnlyList<string> known) => Section.Open(node, findings, known);

    /// <summary>The entries of a mapping whose keys are free.</summary>
    public IEnumerable<KeyValuePair<string, Node>> Entries(Node? node, string expected)
    {
        if (node is MapNode map)
        {
            return map.Entries;
        }

        Unexpected(node, expected);
        return [];
    }

    /// <summary>The items of a list.</summary>
    public IReadOnlyList<Node> Items(Node? node, string expected)
    {
        if (node is ListNode list)
        {
            return list.Items;
        }

        Unexpected(node, expected);
        return [];
    }

    /// <summary>Text that is not empty.</summary>
    public string? Text(Node? node, string expected = "text") => Parse(node, expected, text => text);

    /// <summary>Whatever a scalar holds, as the parser given reads it; null from the parser is a fault.</summary>
    public T? Parse<T>(Node? node, string expected, Func<string, T?> parse)
        where T : class
    {
        if (node is ScalarNode { Text.Length: > 0 } scalar && parse(scalar.Text) is { } value)
        {
            return value;
        }

        Unexpected(node, expected);
        return null;
    }

    /// <summary>The same for values.</summary>
    public T? ParseValue<T>(Node? node, string expected, Func<string, T?> parse)
        where T : struct
    {
        if (node is ScalarNode scalar && parse(scalar.Text) is { } value)
        {
            return value;
        }

        Unexpected(node, expected);
        return null;
    }

    /// <summary>One of a closed set of words.</summary>
    public T? Choice<T>(Node? node, IReadOnlyDictionary<string, T> words)
        where T : struct =>
        ParseValue<T>(node, string.Join(" or ", words.Keys), text => words.TryGetValue(text, out var value) ? value : null);

    public int? Whole(Node? node, int least, int most) =>
        ParseValue<int>(node, $"a whole number from {least} to {most}", text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value : null);

    public double? Number(Node? node, double least, double most) =>
        ParseValue<double>(node, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"), text =>
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value : null);

    /// <summary>One text or a list of them; at least one.</summary>
    public IReadOnlyList<Node> OneOrMore(Node? node, string expected)
    {
        if (node is ScalarNode { Text.Length: > 0 } one)
        {
            return [one];
        }

        if (node is ListNode { Items.Count: > 0 } list)
        {
            return list.Items;
        }

        Unexpected(node, expected);
        return [];
    }

    void Unexpected(Node? node, string expected)
    {
        var got = node switch
        {
            ScalarNode { Text.Length: 0 } => "nothing",
            ScalarNode scalar => $"'{Short(scalar.Text)}'",
            ListNode { Items.Count: 0 } => "an empty list",
            ListNode => "a list",
            _ => "a mapping",
        };
        if (node is not null)
        {
            findings.Add(node, $"expected {expected}, got {got}");
        }
    }
}
