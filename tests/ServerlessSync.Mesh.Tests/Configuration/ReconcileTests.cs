using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Configuration;

public sealed class ReconcileTests
{
    const string Whole = """
        { schedule: "0 3 * * mon-fri", changes: "*/5 * * * *", timeZone: Europe/Berlin, jitter: PT10M, actions: { orphan: report, attribute: remediate, extraGrant: ask },
          guards: { missing: { percent: 2.5, count: 10, minimumPopulation: 40 }, default: { percent: 1, count: 5, minimumPopulation: 0 } },
          canary: 3, leastRead: 90.5, windows: [ { days: [saturday, sunday], from: "22:00", to: 04:00 }, { days: monday, from: "00:30", to: "05:15" } ] }
        """;

    [Fact]
    public void Everything_written_is_read()
    {
        var reconcile = Load(Whole);

        reconcile.Schedule!.ToString().ShouldBe("0 3 * * mon-fri");
        reconcile.Changes!.ToString().ShouldBe("*/5 * * * *");
        reconcile.TimeZone.Id.ShouldBe("Europe/Berlin");
        reconcile.Jitter.ShouldBe(TimeSpan.FromMinutes(10));
        reconcile.Actions.ShouldBe(
            new Dictionary<DriftKind, DriftAction> { [DriftKind.Orphan] = DriftAction.Report, [DriftKind.Attribute] = DriftAction.Remediate, [DriftKind.ExtraGrant] = DriftAction.Ask },
            ignoreOrder: true);
        reconcile.Guards.Count.ShouldBe(Enum.GetValues<DriftKind>().Length);
        reconcile.Guards[DriftKind.Missing].ShouldBe(new GuardConfiguration(2.5, 10, 40));
        reconcile.Guards[DriftKind.Orphan].ShouldBe(new GuardConfiguration(1, 5, 0));
        reconcile.Canary.ShouldBe(3);
        reconcile.LeastRead.ShouldBe(90.5);
        reconcile.Windows.Count.ShouldBe(2);
        reconcile.Windows[0].Days.ShouldBe([DayOfWeek.Saturday, DayOfWeek.Sunday], ignoreOrder: true);
        (reconcile.Windows[0].From, reconcile.Windows[0].To).ShouldBe((new TimeOnly(22, 0), new TimeOnly(4, 0)));
        reconcile.Windows[1].Days.ShouldBe([DayOfWeek.Monday]);
    }

    [Fact]
    public void What_is_left_out_has_its_documented_default()
    {
        var reconcile = MeshYaml.Load(MeshYaml.Small).Targets["saas"].Reconcile;

        reconcile.Schedule.ShouldBeNull();
        reconcile.Changes.ShouldBeNull();
        reconcile.TimeZone.ShouldBe(TimeZoneInfo.Utc);
        reconcile.Jitter.ShouldBe(TimeSpan.Zero);
        (reconcile.Canary, reconcile.LeastRead).ShouldBe((5, 80));
        reconcile.Windows.ShouldBeEmpty();
        reconcile.Guards.ShouldBeEmpty();
        Enum.GetValues<DriftKind>().ShouldAllBe(kind => reconcile.ActionOf(kind) == (kind.CanBeRemediated() ? DriftAction.Remediate : DriftAction.Ask));
    }

    [Theory]
    [InlineData("{ schedul: 0 3 * * * }", "schedul", "nearest known is 'schedule'")]
    [InlineData("{ schedule: 0 3 * * }", "schedule", "five fields: minute, hour, day of month, month, day of week, like '0 3 * * mon-fri', got 4 fields")]
    [InlineData("{ schedule: 60 3 * * * }", "schedule", "'60' in minute is expected to be *, or a number from 0 to 59")]
    [InlineData("{ schedule: 0 3 30 2 * }", "schedule", "never comes")]
    [InlineData("{ schedule: }", "schedule", "got nothing")]
    [InlineData("{ schedule: 0 3 * * *, changes: 61 * * * * }", "changes", "'61' in minute")]
    [InlineData("{ changes: 0 3 * * * }", "changes", "expected a schedule beside it: who was deleted is found by complete comparisons alone")]
    [InlineData("{ timeZone: Europe/Berln }", "timeZone", "unknown time zone 'Europe/Berln', expected the name of a time zone like Europe/Berlin; the nearest is 'Europe/Berlin'")]
    [InlineData("{ timeZone: ../../etc/passwd }", "timeZone", "unknown time zone")]
    [InlineData("{ jitter: 10m }", "jitter", "ISO 8601")]
    [InlineData("{ jitter: P2D }", "jitter", "P1D at most")]
    [InlineData("{ actions: { orfan: report } }", "actions.orfan", "nearest known is 'orphan'")]
    [InlineData("{ actions: { attribute: fix } }", "actions.attribute", "report or ask or remediate, got 'fix'")]
    [InlineData("{ actions: { duplicate: remediate } }", "actions.duplicate", "no plan can mend duplicate; expected report or ask")]
    [InlineData("{ guards: { missin: { percent: 1, count: 1, minimumPopulation: 0 } } }", "guards.missin", "nearest known is 'missing'")]
    [InlineData("{ guards: { missing: { percent: 101, count: 1, minimumPopulation: 0 } } }", "guards.missing.percent", "from 0 to 100")]
    [InlineData("{ guards: { default: { percent: 1, minimumPopulation: 0 } } }", "guards.default.count", "missing")]
    [InlineData("{ canary: -1 }", "canary", "whole number from 0 to 10000")]
    [InlineData("{ leastRead: 100.5 }", "leastRead", "from 0 to 100")]
    [InlineData("{ windows: { days: monday } }", "windows", "a list of windows")]
    [InlineData("{ windows: [ { from: '22:00', to: '04:00' } ] }", "windows[0].days", "missing: the days of the week it begins on")]
    [InlineData("{ windows: [ { days: [], from: '22:00', to: '04:00' } ] }", "windows[0].days", "an empty list")]
    [InlineData("{ windows: [ { days: [friday, someday], from: '22:00', to: '04:00' } ] }", "windows[0].days[1]", "sunday or monday")]
    [InlineData("{ windows: [ { days: friday, from: '24:00', to: '04:00' } ] }", "windows[0].from", "00:00 to 23:59")]
    [InlineData("{ windows: [ { days: friday, from: '22:00' } ] }", "windows[0].to", "missing: when it ends")]
    public void One_mistake_is_one_error_at_its_path(string wrong, string path, string says)
    {
        var error = MeshConfigurationLoader.Load(With(wrong)).Errors.ShouldHaveSingleItem();

        error.Path.ShouldBe("targets.saas.reconcile." + path);
        error.Message.ShouldContain(says);
        error.Line.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Every_mistake_is_told_at_once()
    {
        var wrong = """
            { schedule: "0 3 * * * *", timeZone: Mars/Base, jitter: soon, actions: { orphan: remediate, thing: ask }, guards: { status: { percent: 200, count: x, minimumPopulation: 0 } },
              canary: some, leastRead: all, windows: [ { days: [], from: 9, to: "10:00" } ] }
            """;

        MeshConfigurationLoader.Load(With(wrong)).Errors.Select(e => e.Path["targets.saas.reconcile.".Length..]).ShouldBe(
            [
                "schedule", "timeZone", "jitter", "actions.orphan", "actions.thing", "guards.status.percent", "guards.status.count", "canary", "leastRead",
                "windows[0].days", "windows[0].from",
            ],
            ignoreOrder: true);
    }

    static string With(string reconcile) => MeshYaml.With(("credential: env:SAAS_TOKEN", $"credential: env:SAAS_TOKEN\n    reconcile: {reconcile.Replace("\n", "\n      ", StringComparison.Ordinal)}"));

    static ReconcileConfiguration Load(string reconcile) => MeshYaml.Load(With(reconcile)).Targets["saas"].Reconcile;
}
