using System.Globalization;
using System.Text;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>The report as a page: one file, readable on a phone, in light and dark, without script and with nothing from elsewhere.</summary>
static class DriftPage
{
    public static byte[] Write(DriftReport report)
    {
        var page = new PageText();
        page.Raw(PageText.Head("Drift"));
        page.Raw("<h1>Drift</h1><p class=\"made\">Made ").Text(Moment(report.MadeAt)).Raw("</p>");
        WriteSummary(page, report);
        WriteNow(page, report);
        WriteForPeople(page, report);
        WriteComparisons(page, report);
        WriteDamaged(page, report);
        page.Raw("</main></body></html>\n");
        return Encoding.UTF8.GetBytes(page.ToString());
    }

    static void WriteSummary(PageText page, DriftReport report)
    {
        page.Raw("<ul class=\"tiles\">");
        foreach (var severity in Enum.GetValues<DriftSeverity>().Reverse())
        {
            page.Raw($"<li class=\"{Word(severity)}\"><b>").Text(Number(report.Now.Where(n => n.Severity == severity).Sum(n => n.Count))).Raw("</b> ").Text(Word(severity)).Raw("</li>");
        }

        page.Raw("<li><b>").Text(Number(report.ForPeople.Count + report.MoreForPeople)).Raw("</b> for people</li></ul>");
    }

    static void WriteNow(PageText page, DriftReport report)
    {
        page.Raw("<h2>Open now</h2>");
        if (report.Now.Count == 0)
        {
            page.Raw("<p>Nothing is open.</p>");
            return;
        }

        page.Table("Target", "Kind", "Severity", "Open", "Oldest", "Half are younger than");
        foreach (var open in report.Now)
        {
            page.Row().Cell(open.Target).Cell(open.Kind.Word()).Badge(Word(open.Severity)).Figure(Number(open.Count)).Figure(Age(open.Oldest)).Figure(Age(open.Median));
        }

        page.EndTable();
    }

    static void WriteComparisons(PageText page, DriftReport report)
    {
        page.Raw("<h2>Comparisons</h2>");
        if (report.Comparisons.Count == 0)
        {
            page.Raw("<p>No target was compared yet.</p>");
        }

        foreach (var target in report.Comparisons.GroupBy(r => r.Target))
        {
            page.Raw("<h3>").Text(target.Key).Raw("</h3>");
            DriftChart.Write(page, [.. target.Reverse()]);
            page.Raw("<details><summary>").Text($"the last {Number(target.Count())}").Raw("</summary>");
            page.Table("Began", "Outcome", "Found", "Accounts", "Expected", "In flight", "Asked by", "Reason");
            foreach (var run in target)
            {
                page.Row().Figure(Moment(run.StartedAt)).Cell(Word(run.Outcome) + (run.DryRun ? ", dry run" : ""))
                    .Figure(Number(run.Found.Values.Sum())).Figure(Number(run.Accounts)).Figure(Number(run.Expected)).Figure(Number(run.InFlight))
                    .Cell(run.AskedBy).Cell(run.Reason);
            }

            page.EndTable();
            page.Raw("</details>");
        }
    }

    static void WriteForPeople(PageText page, DriftReport report)
    {
        page.Raw("<h2>For people to settle</h2>");
        if (report.ForPeople.Count == 0)
        {
            page.Raw("<p>Nothing waits for a person.</p>");
            return;
        }

        page.Table("What", "Found", "Target", "Identity", "Account", "Age", "Owner", "Due");
        foreach (var matter in report.ForPeople)
        {
            page.Row().Cell(NameOf(matter.Kind)).Cell(matter.About).Cell(matter.Target).Cell(matter.IdentityId).Cell(matter.AccountKey)
                .Figure(Age(report.MadeAt - matter.Since)).Cell(matter.Owner)
                .Figure(matter.Due is not { } due ? "" : due < report.MadeAt ? $"{Moment(due)}, overdue" : Moment(due));
        }

        page.EndTable();
        if (report.MoreForPeople > 0)
        {
            page.Raw("<p>And ").Text(Number(report.MoreForPeople)).Raw(" more, younger than these.</p>");
        }
    }

    static void WriteDamaged(PageText page, DriftReport report)
    {
        if (report.Damaged.Count == 0)
        {
            return;
        }

        page.Raw("<h2>Not in this report</h2><p>These rows are damaged and could not be read.</p>");
        page.Table("Table", "Partition", "Key");
        foreach (var row in report.Damaged)
        {
            page.Row().Cell(row.Table).Cell(row.Partition).Cell(row.Key);
        }

        page.EndTable();
    }

    static string NameOf(MatterKind kind) => kind switch
    {
        MatterKind.Conflict => "never merged",
        MatterKind.Duplicate => "duplicate account",
        MatterKind.ShadowAccount => "shadow account",
        _ => "a decision",
    };

    static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 2 } => $"{Number((long)age.TotalDays)} days",
        { TotalHours: >= 2 } => $"{Number((long)age.TotalHours)} hours",
        _ => $"{Number(Math.Max(0, (long)age.TotalMinutes))} minutes",
    };
}
