using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Reconciliation;

public sealed class DriftReportTests
{
    static readonly string[] Formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＋1", "－1", "＠x", "=cmd|' /C calc'!A0", "\"=1", "a,b", "a\"b", "a\r\nb"];

    readonly FakeTimeProvider _clock = new();
    readonly MeshStores _stores;

    public DriftReportTests() => _stores = new MeshStores(new MemoryRowStore(), _clock);

    static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Open_drift_is_counted_by_target_and_kind_with_its_severity_and_age_the_gravest_first()
    {
        foreach (var hours in new[] { 40, 10, 1 })
        {
            await OpenAsync("saas", $"id{hours}", DriftKind.Attribute, hours);
        }

        await OpenAsync("warehouse", "left", DriftKind.ExpiredButAlive, 2);
        var settled = await OpenAsync("saas", "gone", DriftKind.Attribute, 100);
        await _stores.Drifts.SettleAsync(settled, "mended", None);

        var report = await MakeAsync();

        report.Now.ShouldBe(
            [
                new DriftCount("warehouse", DriftKind.ExpiredButAlive, DriftSeverity.Critical, 1, TimeSpan.FromHours(2), TimeSpan.FromHours(2)),
                new DriftCount("saas", DriftKind.Attribute, DriftSeverity.Medium, 3, TimeSpan.FromHours(40), TimeSpan.FromHours(10)),
            ]);
        report.Open.ShouldBe(4);
    }

    [Fact]
    public async Task Duplicates_shadow_accounts_and_identities_that_are_never_merged_are_for_people_the_oldest_first()
    {
        await OpenAsync("saas", "id1", DriftKind.Duplicate, 3);
        await OpenAsync("saas", null, DriftKind.Unowned, 5);
        await OpenAsync("saas", "id2", DriftKind.Attribute, 9, state: DriftState.Queued);
        await ExceptAsync("x1", "correlation-conflict", 4);
        await ExceptAsync("x2", "guard", 8);

        var report = await MakeAsync();

        report.ForPeople.Select(m => m.Kind).ShouldBe([MatterKind.ShadowAccount, MatterKind.Conflict, MatterKind.Duplicate]);
        report.ForPeople[1].ShouldSatisfyAllConditions(m => m.Owner.ShouldBe("people-ops"), m => m.About.ShouldBe("two records share an anchor"), m => m.Target.ShouldBeNull());
        report.ForPeople[0].AccountKey.ShouldBe("key-");
        var two = await new DriftReporter(_stores) { MostForPeople = 2 }.MakeAsync(None);
        (two.ForPeople.Select(m => m.Kind).SequenceEqual([MatterKind.ShadowAccount, MatterKind.Conflict]), two.MoreForPeople).ShouldBe((true, 1));
    }

    [Fact]
    public async Task What_a_person_is_asked_about_names_its_owner_and_its_day_in_every_form()
    {
        await OpenAsync("saas", "id1", DriftKind.Attribute, 3, owner: "saas-team", due: _clock.GetUtcNow().AddDays(7));
        await OpenAsync("saas", "id2", DriftKind.Duplicate, 2, owner: "saas-team", due: _clock.GetUtcNow().AddHours(-1));

        var report = await MakeAsync();

        report.ForPeople.Select(m => (m.Kind, m.About, m.Owner, m.Due)).ShouldBe(
            [
                (MatterKind.Decision, "attribute mail", "saas-team", _clock.GetUtcNow().AddDays(7)),
                (MatterKind.Duplicate, "b@example.com", "saas-team", _clock.GetUtcNow().AddHours(-1)),
            ]);
        var rows = ParseCsv(Encoding.UTF8.GetString(DriftReportFormat.Csv.Write(report)));
        var settle = rows.First(r => r[0] == "settle");
        (settle[rows[0].IndexOf("owner")], settle[rows[0].IndexOf("due")]).ShouldBe(("saas-team", $"{_clock.GetUtcNow().AddDays(7):yyyy-MM-dd'T'HH:mm:ss'Z'}"));
        var html = Encoding.UTF8.GetString(DriftReportFormat.Html.Write(report));
        html.ShouldContain($"<bdi>{_clock.GetUtcNow().AddDays(7):yyyy-MM-dd HH:mm} UTC</bdi>");
        html.ShouldContain($"<bdi>{_clock.GetUtcNow().AddHours(-1):yyyy-MM-dd HH:mm} UTC, overdue</bdi>");
        JsonElement.Parse(DriftReportFormat.Json.Write(report)).GetProperty("forPeople")[0].GetProperty("due").GetDateTimeOffset().ShouldBe(_clock.GetUtcNow().AddDays(7));
    }

    [Fact]
    public async Task The_last_comparisons_of_each_target_are_told_newest_first()
    {
        for (var n = 1; n <= 5; n++)
        {
            await CompareAsync("warehouse", $"run{n}", n);
        }

        await CompareAsync("saas", "run1", 1);

        var report = await new DriftReporter(_stores) { MostComparisons = 3 }.MakeAsync(None);

        report.Comparisons.Select(r => (r.Target, r.Number)).ShouldBe([("saas", 1), ("warehouse", 5), ("warehouse", 4), ("warehouse", 3)]);
    }

    [Fact]
    public async Task No_cell_of_the_table_is_taken_for_a_formula_and_every_row_has_every_column()
    {
        foreach (var text in Formulas)
        {
            await OpenAsync("saas", text, DriftKind.Unowned, 1, found: text);
        }

        var rows = ParseCsv(Encoding.UTF8.GetString(DriftReportFormat.Csv.Write(await MakeAsync())));

        rows.ShouldAllBe(row => row.Count == rows[0].Count);
        rows.Skip(1).SelectMany(row => row).Where(cell => cell.Length > 0).ShouldAllBe(cell => !Regex.IsMatch(cell, "^[\\s]*[=+@＝＋－＠-]", RegexOptions.None, TimeSpan.FromSeconds(1)) && cell[0] != '\t' && cell[0] != '\r' && cell[0] != '\n');
        var about = rows[0].IndexOf("text");
        rows.Where(r => r[0] == "settle").Select(r => r[about]).Select(cell => cell[0] == '\'' ? cell[1..] : cell).ShouldBe(Formulas, ignoreOrder: true);
    }

    [Fact]
    public async Task The_page_is_whole_markup_in_which_nothing_from_a_target_is_markup_and_nothing_comes_from_elsewhere()
    {
        const string Evil = "</td><script>alert(1)</script><img src=x onerror=alert(1)> \" ' & \u202Egnp.exe\u0007\0";
        await OpenAsync(Evil, Evil, DriftKind.Unowned, 1, found: Evil);
        await OpenAsync("saas", "id1", DriftKind.Attribute, 70);
        await CompareAsync("saas", Evil, 3, reason: Evil);
        await CompareAsync("saas", "run2", 0, ReconciliationOutcome.Abandoned);
        await ExceptAsync("x1", "correlation-conflict", 4);

        var html = Encoding.UTF8.GetString(DriftReportFormat.Html.Write(await MakeAsync()));

        var page = XDocument.Parse(Regex.Replace(html.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal), "<meta (?<all>[^>]*)>", "<meta ${all}/>", RegexOptions.None, TimeSpan.FromSeconds(1)));
        page.Descendants().Select(e => e.Name.LocalName).Distinct().Where(name => name is "script" or "img" or "link" or "iframe" or "form" or "object" or "a").ShouldBeEmpty();
        page.Descendants().SelectMany(e => e.Attributes()).Where(a => a.Name.LocalName.StartsWith("on", StringComparison.Ordinal) || a.Name.LocalName is "src" or "href").ShouldBeEmpty();
        html.ShouldNotContain("http://", Case.Insensitive);
        html.ShouldNotContain("\u202E");
        html.ShouldNotContain("\0");
        html.ShouldNotContain("@import");
        page.Descendants("table").Count().ShouldBe(3);
        page.Descendants("table").ShouldAllBe(table => table.Descendants("tr").All(row => row.Elements().Count() == table.Descendants("th").Count()));
        page.Descendants("rect").Count().ShouldBe(2);
        page.Descendants("td").Select(cell => cell.Value).ShouldContain(cell => cell.StartsWith("</td><script>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_empty_report_says_so_in_each_form()
    {
        var report = await MakeAsync();

        Encoding.UTF8.GetString(DriftReportFormat.Html.Write(report)).ShouldContain("Nothing is open.");
        Encoding.UTF8.GetString(DriftReportFormat.Csv.Write(report)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1);
        JsonElement.Parse(DriftReportFormat.Json.Write(report)).GetProperty("open").GetInt32().ShouldBe(0);
        DriftReportFormat.Find("pdf").ShouldBeNull();
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_named_and_the_others_are_reported()
    {
        await OpenAsync("saas", "id1", DriftKind.Attribute, 1);
        await OpenAsync("saas", "id2", DriftKind.Attribute, 1);
        await CompareAsync("saas", "run1", 1);
        await foreach (var place in FirstDriftAsync())
        {
            await _stores.Partitions.Store.CommitAsync(new RowBatch(TableNames.Drifts, place.Partition, RowWrite.Put(place.Key, "nonsense"u8.ToArray())), None);
        }

        var report = await MakeAsync();

        report.Damaged.ShouldHaveSingleItem().Table.ShouldBe(TableNames.Drifts);
        report.Open.ShouldBe(1);
        Encoding.UTF8.GetString(DriftReportFormat.Html.Write(report)).ShouldContain("Not in this report");
    }

    async IAsyncEnumerable<Row> FirstDriftAsync()
    {
        await foreach (var row in _stores.Partitions.Store.ScanAsync(TableNames.Drifts, KeyRange.All, None))
        {
            if (row.Key.StartsWith("d-", StringComparison.Ordinal))
            {
                yield return row;
                yield break;
            }
        }
    }

    Task<DriftReport> MakeAsync() => new DriftReporter(_stores).MakeAsync(None);

    Task<DriftItem> OpenAsync(string target, string? identityId, DriftKind kind, double hours, string found = "b@example.com", DriftState state = DriftState.Asked, string? owner = null, DateTimeOffset? due = null)
    {
        var since = _clock.GetUtcNow() - TimeSpan.FromHours(hours);
        return _stores.Drifts.OpenAsync(
            new DriftItem
            {
                Target = target, IdentityId = identityId, AccountKey = $"key-{identityId}", OpenedAt = since, FoundBy = "run", Owner = owner, Due = due,
                Findings = [new(kind, "mail", null, found, since, since)],
            },
            state,
            None);
    }

    Task<bool> ExceptAsync(string id, string kind, double hours) => _stores.Exceptions.OpenAsync(
        new ExceptionItem(id, kind, null, null, null, "people-ops", "two records share an anchor", _clock.GetUtcNow() - TimeSpan.FromHours(hours), _clock.GetUtcNow()), None);

    async Task CompareAsync(string target, string run, int found, ReconciliationOutcome outcome = ReconciliationOutcome.Completed, string? reason = null)
    {
        await _stores.Reconciliations.BeginAsync(
            target,
            run,
            n => new ReconciliationRun
            {
                Target = target, Number = n, Run = run, AskedBy = "schedule", DryRun = false, Configuration = "c", StartedAt = _clock.GetUtcNow(), Accounts = 1200, Expected = 1190,
                Found = new Dictionary<DriftKind, int> { [DriftKind.Attribute] = found }, Reason = reason,
            },
            None);
        await _stores.Reconciliations.ChangeAsync(target, run, r => r with { EndedAt = _clock.GetUtcNow(), Outcome = outcome }, None);
    }

    /// <summary>Reads a table as RFC 4180 has it.</summary>
    static List<List<string>> ParseCsv(string csv)
    {
        var (rows, row, cell, quoted) = (new List<List<string>>(), new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < csv.Length; i++)
        {
            if (quoted)
            {
                quoted = csv[i] != '"' || (i + 1 < csv.Length && csv[i + 1] == '"');
                i += csv[i] == '"' && quoted ? 1 : 0;
                cell.Append(quoted ? csv[i].ToString() : "");
            }
            else if (csv[i] == '"')
            {
                quoted = true;
            }
            else if (csv[i] is ',' or '\r')
            {
                row.Add(cell.ToString());
                cell.Clear();
                if (csv[i] == '\r')
                {
                    rows.Add(row);
                    row = [];
                    i++;
                }
            }
            else
            {
                cell.Append(csv[i]);
            }
        }

        return rows;
    }
}
