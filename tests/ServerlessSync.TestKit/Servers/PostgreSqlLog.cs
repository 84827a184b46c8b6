using System.Globalization;
using System.Text.RegularExpressions;

namespace ServerlessSync.TestKit.Servers;

/// <summary>Reads the statements out of a PostgreSQL server's log.</summary>
static partial class PostgreSqlLog
{
    /// <summary>How each entry begins: time and process.</summary>
    public const string Prefix = "%n [%p] %q";

    /// <summary>
    /// The statements that did not fail, whole and in order. The server logs a statement before it runs it and once more after an error;
    /// it indents every further line of an entry by one tab, which is taken away again.
    /// </summary>
    public static IReadOnlyList<TimedStatement> Statements(string log)
    {
        List<TimedStatement?> statements = [];
        Dictionary<string, int> lastOf = new(StringComparer.Ordinal);
        var open = false;
        foreach (var line in log.Split('\n'))
        {
            if (line.StartsWith('\t'))
            {
                if (open && statements[^1] is { } begun)
                {
                    statements[^1] = begun with { Text = string.Concat(begun.Text, "\n", line.AsSpan(1)) };
                }

                continue;
            }

            var match = Entry().Match(line);
            open = match.Groups["statement"].Success;
            if (open)
            {
                lastOf[match.Groups["process"].Value] = statements.Count;
                statements.Add(new TimedStatement(TimeOf(match.Groups["time"].Value), line[match.Length..]));
            }
            else if (match.Groups["failed"].Success && lastOf.TryGetValue(match.Groups["process"].Value, out var last)
                && statements[last]?.Text.Split('\n')[0] == line[match.Length..])
            {
                statements[last] = null;
            }
        }

        return [.. statements.OfType<TimedStatement>()];
    }

    static DateTimeOffset TimeOf(string seconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds((long)(decimal.Parse(seconds, CultureInfo.InvariantCulture) * 1000));

    [GeneratedRegex(
        @"^(?<time>[0-9.]+) \[(?<process>[0-9]+)\] ((?<statement>LOG:  (statement|execute [^:]*): )|(?<failed>STATEMENT:  ))",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Entry();
}
