using System.Text;

namespace ServerlessSync.Mesh.Configuration;

/// <summary>
/// How a value is made from a record: a path alone (<c>employee_id</c>), or text with paths and filters in braces
/// (<c>{email|lower}@example.com</c>). Filters: lower, upper, trim, local (the part before the last '@'), table:NAME (a look-up table of mesh.yaml).
/// </summary>
public sealed class Template
{
    readonly IReadOnlyList<Part> _parts;
    readonly string _text;

    Template(string text, IReadOnlyList<Part> parts)
    {
        _text = text;
        _parts = parts;
    }

    /// <summary>Reads a template.</summary>
    /// <param name="text">The template.</param>
    /// <param name="tables">Look-up tables by name.</param>
    /// <exception cref="FormatException">A brace is not closed, a path is empty, or a filter or table is unknown; the message says which.</exception>
    public static Template Parse(string text, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? tables = null)
    {
        tables ??= new Dictionary<string, IReadOnlyDictionary<string, string>>();
        if (!text.Contains('{', StringComparison.Ordinal))
        {
            return new(text, [ParseExpression(text, tables)]);
        }

        var parts = new List<Part>();
        var at = 0;
        while (at < text.Length)
        {
            var open = text.IndexOf('{', at);
            if (open != at)
            {
                parts.Add(new Part(text[at..(open < 0 ? text.Length : open)], null, []));
            }

            if (open < 0)
            {
                break;
            }

            var close = text.IndexOf('}', open);
            if (close < 0)
            {
                throw new FormatException($"'{text}': the brace at {open} is not closed");
            }

            parts.Add(ParseExpression(text[(open + 1)..close], tables));
            at = close + 1;
        }

        return new(text, parts);
    }

    /// <summary>Paths the template reads.</summary>
    public IEnumerable<string> Paths => _parts.Where(p => p.Path is not null).Select(p => p.Path!);

    /// <summary>Makes the value; null when a path has no value.</summary>
    public string? Render(Func<string, string?> read)
    {
        if (_parts.Count == 1)
        {
            return _parts[0].Render(read);
        }

        var result = new StringBuilder();
        foreach (var part in _parts)
        {
            if (part.Render(read) is not { } text)
            {
                return null;
            }

            result.Append(text);
        }

        return result.ToString();
    }

    /// <summary>The template as written.</summary>
    public override string ToString() => _text;

    static Part ParseExpression(string expression, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> tables)
    {
        var words = expression.Split('|', StringSplitOptions.TrimEntries);
        if (words[0].Length == 0)
        {
            throw new FormatException($"'{expression}': a path is expected before the first filter");
        }

        return new Part(null, words[0], [.. words.Skip(1).Select(word => ParseFilter(word, tables))]);
    }

    static Func<string, string?> ParseFilter(string word, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> tables) => word switch
    {
        "lower" => value => value.ToLowerInvariant(),
        "upper" => value => value.ToUpperInvariant(),
        "trim" => value => value.Trim(),
        "local" => value => value.LastIndexOf('@') is var at && at < 0 ? value : value[..at],
        _ when word.StartsWith("table:", StringComparison.Ordinal) && tables.TryGetValue(word["table:".Length..], out var table) =>
            value => table.GetValueOrDefault(value),
        _ => throw new FormatException($"filter '{word}' is unknown; known are lower, upper, trim, local and table:NAME with NAME under tables"),
    };

    sealed record Part(string? Text, string? Path, IReadOnlyList<Func<string, string?>> Filters)
    {
        public string? Render(Func<string, string?> read)
        {
            var value = Path is null ? Text : read(Path);
            foreach (var filter in Filters)
            {
                value = value is null ? null : filter(value);
            }

            return value;
        }
    }
}
