using System.Globalization;
using System.Text;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// The report as one table: its first column says what a row is about, <c>open</c>, <c>comparison</c> or <c>settle</c>, and what does not apply is
/// empty.
/// </summary>
static class DriftCsv
{
    static readonly string[] Columns =
        ["about", "target", "kind", "severity", "count", "oldestHours", "medianHours", "at", "outcome", "accountsRead", "accountsExpected", "identity", "account", "owner", "due", "text"];

    public static byte[] Write(DriftReport report)
    {
        var csv = new StringBuilder();
        Line(csv, Columns);
        foreach (var open in report.Now)
        {
            Line(csv, "open", open.Target, open.Kind.Word(), Word(open.Severity), Text(open.Count), Hours(open.Oldest), Hours(open.Median));
        }

        foreach (var run in report.Comparisons)
        {
            Line(
                csv, "comparison", run.Target, run.DryRun ? "dryRun" : null, null, Text(run.Found.Values.Sum()), null, null, Text(run.StartedAt), Word(run.Outcome),
                Text(run.Accounts), Text(run.Expected), null, null, run.AskedBy, null, run.Reason);
        }

        foreach (var matter in report.ForPeople)
        {
            Line(
                csv, "settle", matter.Target, Word(matter.Kind), null, null, Hours(report.MadeAt - matter.Since), null, Text(matter.Since), null, null, null,
                matter.IdentityId, matter.AccountKey, matter.Owner, matter.Due is { } due ? Text(due) : null, matter.About);
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    static void Line(StringBuilder csv, params string?[] cells)
    {
        for (var i = 0; i < Columns.Length; i++)
        {
            csv.Append(i == 0 ? "" : ",").Append(Cell(i < cells.Length ? cells[i] : null));
        }

        csv.Append("\r\n");
    }

    /// <summary>
    /// A cell in quotes, led by an apostrophe where a spreadsheet would take it for a formula, also behind blanks
    /// (<see href="https://owasp.org/www-community/attacks/CSV_Injection"/>).
    /// </summary>
    static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var first = text.AsSpan().TrimStart();
        var leads = text[0] is '\t' or '\r' or '\n' || (first.Length > 0 && first[0] is '=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠');
        return $"\"{(leads ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    static string Hours(TimeSpan age) => Math.Round(age.TotalHours, 1).ToString(CultureInfo.InvariantCulture);

    static string Word<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
