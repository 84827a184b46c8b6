using System.Globalization;
using System.Text.RegularExpressions;

namespace ServerlessSync.TestKit.Servers;

/// <summary>Reads the statements out of a PostgreSQL server's log.</summary>
static partial class PostgreSqlLog
{
    /// <summary>How each entry begins: time and process.</summary>
    public const string Prefix = "%n [%p] %q";

    /// <summary>The statements logged, whole and in order. The server indents every further line of an entry by one tab, which is taken away again.</summary>
    public static IReadOnlyList<TimedStatement> Statements(string log)
    {
        List<TimedStatement> statements = [];
        var open = false;
        foreach (var line in log.Split('\n'))
        {
            if (line.StartsWith('\t'))
            {
                if (open)
                {
                    statements[^1] = statements[^1] with { Text = string.Concat(statements[^1].Text, "\n", line.AsSpan(1)) };
                }

                continue;
            }

            var match = Statement().Match(line);
            open = match.Success;
            if (open)
            {
                statements.Add(new TimedStatement(TimeOf(match.Groups["time"].Value), line[match.Length..]));
            }
        }

        return statements;
    }

    static DateTimeOffset TimeOf(string seconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds((long)(decimal.Parse(seconds, CultureInfo.InvariantCulture) * 1000));

    [GeneratedRegex(@"^(?<time>[0-9.]+) \[[0-9]+\] LOG:  (statement|execute [^:]*): ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Statement();
}
