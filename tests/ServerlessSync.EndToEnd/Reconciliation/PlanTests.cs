using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>What a plan says of each item before anything is done, and what has come of it afterwards.</summary>
public sealed class PlanTests
{
    static readonly ReconcileConfiguration Generous = new()
    {
        LeastRead = 1,
        Guards = Enum.GetValues<DriftKind>().ToDictionary(kind => kind, _ => new GuardConfiguration(100, 1000, 0)),
    };

    [Fact]
    public async Task Whatever_is_planted_what_the_plan_says_is_what_is_done()
    {
        for (var seed = Sweep.Seed(1); seed < Sweep.Seed(1) + Sweep.Pick(2, 40); seed++)
        {
            await using var world = new ComparedWorld(Generous);
            await world.HireAsync(18);
            await world.World.CarryAsync(world.World.Leaver(Name(3), 2));
            await world.World.EndRunsAsync();
            await new Planting(world, new Random(seed)).PlantAsync();

            await world.CompareAsync(dryRun: true);
            var planned = await PlanAsync(world);
            await world.CompareAsync();
            var done = await PlanAsync(world);

            planned.Count.ShouldBeGreaterThan(3, $"seed {seed}");
            planned.ShouldAllBe(line => line.State == null, $"seed {seed}");
            done.Select(Shown).ShouldBe(planned.Select(Shown), $"seed {seed}");
            done.ShouldAllBe(line => line.State != null, $"seed {seed}");
        }
    }

    [Fact]
    public async Task What_a_person_ignored_is_left_and_what_a_person_is_asked_about_stays_theirs()
    {
        await using var world = new ComparedWorld(Generous);
        await world.HireAsync(6);
        world.Change(1, a => a.Set("title", "Chief"));
        world.Change(2, a => a with { Active = false });
        var now = world.World.Clock.GetUtcNow();
        await world.CompareAsync(dryRun: true);
        var found = (await PlanAsync(world)).Single(line => line.IdentityId == Id(1)).Findings;
        await OpenAsync(world, Id(1), found, item => world.Stores.Drifts.IgnoreAsync(item, "ignored by ops: an honorary title", CancellationToken.None));
        await OpenAsync(world, Id(2), [new DriftFinding(DriftKind.Status, string.Empty, "active", "disabled", now, now)], _ => Task.FromResult(true));

        world.World.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.CompareAsync(dryRun: true);
        var planned = await PlanAsync(world);
        await world.CompareAsync();

        planned.Select(line => (line.IdentityId, line.Action, line.Reason)).ShouldBe(
            [(Id(1), PlanAction.Leave, "ignored by ops: an honorary title"), (Id(2), PlanAction.Ask, "somebody looks at it")], ignoreOrder: true);
        (await world.OpenAsync()).ShouldHaveSingleItem().State.ShouldBe(DriftState.Asked);
        world.Target().Native[Key(2)].Active.ShouldBeFalse();
    }

    [Fact]
    public async Task Outside_its_windows_the_plan_says_that_it_waits()
    {
        // The clock stands on a Monday at nine.
        var window = new MaintenanceWindow(new HashSet<DayOfWeek> { DayOfWeek.Monday }, new TimeOnly(22, 0), new TimeOnly(2, 0));
        await using var world = new ComparedWorld(Generous with { Windows = [window] });
        await world.HireAsync(3);
        world.Change(0, a => a with { Active = false });

        await world.CompareAsync(dryRun: true);

        (await PlanAsync(world)).Select(line => (line.Action, line.Reason)).ShouldBe([(PlanAction.Hold, "outside the maintenance windows")]);
        world.World.Clock.Advance(TimeSpan.FromHours(14));
        (await PlanAsync(world)).Select(line => (line.Action, line.Reason)).ShouldBe([(PlanAction.Mend, null)]);
    }

    [Fact]
    public async Task A_plan_is_there_until_the_next_comparison_begins_and_then_is_said_to_be_forgotten()
    {
        await using var world = new ComparedWorld(Generous);
        await world.HireAsync(3);
        world.Change(0, a => a with { Active = false });
        await world.CompareAsync(dryRun: true);
        (await ReadAsync(world, 1)).Standing.ShouldBe(PlanStanding.There);
        await world.CompareAsync(dryRun: true);

        var gone = await ReadAsync(world, 1);

        (gone.Standing, gone.Lines.Count).ShouldBe((PlanStanding.Forgotten, 0));
        gone.Reason!.ShouldContain("Comparison 2 of this target has begun since");
        (await ReadAsync(world, 3)).Standing.ShouldBe(PlanStanding.Unknown);
    }

    [Fact]
    public async Task A_page_looks_at_so_many_suspects_however_few_of_them_differ()
    {
        await using var world = new ComparedWorld(Generous);
        await world.HireAsync(3);
        world.Change(0, a => a with { Active = false });
        await world.CompareAsync(dryRun: true);
        var gone = Enumerable.Range(0, 10).Select(n => new Suspect { IdentityId = FormattableString.Invariant($"0{n}"), State = SuspectState.Gone });
        await world.Stores.Suspects.AddAsync(Everyone, 1, [.. gone], CancellationToken.None);
        var reader = new PlanReader(world.Stores, world.World.Configuration) { MostRead = 4 };

        var (pages, lines, after) = (0, 0, (string?)null);
        do
        {
            var page = await reader.ReadAsync(Everyone, 1, after, 100, CancellationToken.None);
            (pages, lines, after) = (pages + 1, lines + page.Lines.Count, page.Next);
        }
        while (after is not null);

        (pages, lines).ShouldBe((3, 1));
    }

    static string Shown(PlanLine line) =>
        $"{line.IdentityId} {line.AccountKey} {string.Join(' ', line.Findings.Select(f => $"{f.Kind} {f.Subject} {f.Expected} {f.Found}"))} {line.Action} {line.Reason}";

    static Task<PlanPage> ReadAsync(ComparedWorld world, long number, string? after = null) =>
        new PlanReader(world.Stores, world.World.Configuration).ReadAsync(Everyone, number, after, 5, CancellationToken.None);

    /// <summary>The newest plan, page by page.</summary>
    static async Task<IReadOnlyList<PlanLine>> PlanAsync(ComparedWorld world)
    {
        var (lines, number, after) = (new List<PlanLine>(), (await world.LastAsync()).Number, (string?)null);
        do
        {
            var page = await ReadAsync(world, number, after);
            page.Standing.ShouldBe(PlanStanding.There);
            page.Damaged.ShouldBeEmpty();
            lines.AddRange(page.Lines);
            after = page.Next;
        }
        while (after is not null);
        return lines;
    }

    static async Task OpenAsync(ComparedWorld world, string identity, IReadOnlyList<DriftFinding> findings, Func<DriftItem, Task<bool>> then)
    {
        var item = new DriftItem
        {
            Target = Everyone, IdentityId = identity, Findings = findings, OpenedAt = world.World.Clock.GetUtcNow(), FoundBy = "before", Reason = "somebody looks at it",
        };
        (await then(await world.Stores.Drifts.OpenAsync(item, DriftState.Asked, CancellationToken.None))).ShouldBeTrue();
    }
}
