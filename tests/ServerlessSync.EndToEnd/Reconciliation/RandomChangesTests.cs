using ServerlessSync.Connectors;
using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Crash;
using ServerlessSync.TestKit.Scripted;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>
/// Random people and random changes at the target, with failing pages, changes that come while they are read, and crashes: a comparison of changes
/// finds what a complete one finds of those whose accounts changed, and reads and touches nobody else.
/// </summary>
public sealed class RandomChangesTests
{
    const int People = 18;

    [Fact]
    public async Task What_a_complete_comparison_finds_in_changed_accounts_a_comparison_of_changes_finds()
    {
        var (found, crashes) = (0, 0);
        for (var seed = Sweep.Seed(1); seed < Sweep.Seed(1) + Sweep.Pick(8, 300); seed++)
        {
            var (lines, died) = await LiveAsync(seed);
            (found, crashes) = (found + lines, crashes + (died ? 1 : 0));
        }

        Progress.Show($"changes: {found} drifts in random changes found, {crashes} times after a crash, and found no more without a change");
        found.ShouldBeGreaterThan(0);
        crashes.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Killed_at_any_write_it_reads_the_same_changes_again_or_has_gone_on_behind_them()
    {
        var points = 0;
        foreach (var after in new[] { false, true })
        {
            foreach (var number in Sweep.Points(oneOf: 7))
            {
                if (!await DieAsync(number, after))
                {
                    break;
                }

                points++;
            }
        }

        Progress.Show($"changes: killed at {points} writes, every change found, none found again");
        points.ShouldBeGreaterThan(0);
    }

    static async Task<bool> DieAsync(int number, bool after)
    {
        var (stand, power) = (Stand.InMemory(), new Power());
        await using var world = new ComparedWorld(OnlyReported, stand, power);
        await world.HireAsync(6);
        await world.CompareAsync();
        world.Change(1, a => a with { Active = false });
        world.Change(2, a => a.Set("title", "Chief"));
        world.Change(3, a => a);
        var died = await CompareDyingAsync(world, stand, power, () => power.CutAt(number, after));
        var shown = $"dead {(after ? "after" : "before")} write {number}";
        (await world.FoundAsync()).ShouldBe([Line(Id(1), Mesh.Model.DriftKind.Status), Line(Id(2), Mesh.Model.DriftKind.Attribute, "title")], ignoreOrder: true, customMessage: shown);
        (await world.LastAsync()).Reason.ShouldBeNull(shown);
        await ShouldFindNothingMoreAsync(world, shown);
        return died;
    }

    static async Task<(int Lines, bool Died)> LiveAsync(int seed)
    {
        var random = new Random(seed);
        var (stand, power) = (Stand.InMemory(), new Power());
        await using var world = new ComparedWorld(OnlyReported with { LeastRead = 1 }, stand, power);
        await world.HireAsync(People);
        await LiveOnAsync(world, random);
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.FoundAsync()).ShouldBeEmpty($"seed {seed}");

        var target = world.Target();
        var before = target.Native;
        for (var change = random.Next(1, 20); change > 0; change--)
        {
            Change(target, random, random.Next(12));
        }

        target.Listing.PageSize = random.Next(1, 6);
        target.Listing.On = Pages(target, new Random(seed));
        var finds = 0;
        world.World.Script.On = call => call is { Target: Everyone, Operation: "find" } && Interlocked.Increment(ref finds) is 3 or 9
            ? Behaviour.Fail(FailureKind.Transient) : Behaviour.Obey;
        var (standing, calls) = (world.World.Script.Effects.Count, world.World.Script.Calls.Count);
        var died = await CompareDyingAsync(world, stand, power, () => power.CutAt(random.Next(1, 60), random.Next(2) == 0));
        var report = await world.LastAsync();
        (report.Outcome, report.Reason).ShouldBe((ReconciliationOutcome.Completed, null), $"seed {seed}");
        var found = await world.FoundAsync();
        var read = world.World.Script.Calls.Skip(calls).Where(call => call is { Target: Everyone, Operation: "find" }).Select(call => call.Mark).ToHashSet();
        target.Listing.On = _ => PageFault.None;

        var suspects = Suspects(before, target.Native);
        var touched = before.Keys.Union(target.Native.Keys).Where(key => Told(before, target.Native, key) || suspects.Contains(before.GetValueOrDefault(key)?.Mark ?? ""));
        read.Except(touched).Except(suspects).ShouldBeEmpty($"seed {seed}: nobody else is read");
        world.World.Script.Effects.Count.ShouldBe(standing, $"seed {seed}: nothing is touched");
        await ShouldFindNothingMoreAsync(world, $"seed {seed}");
        (await world.CompareAsync(dryRun: true)).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        found.ShouldBe((await world.FoundAsync()).Where(line => suspects.Contains(line.Split(' ')[0])), $"seed {seed}");
        return (found.Count, died);
    }

    /// <summary>Whose accounts differ from what they were, in what a feed of accounts tells: identities, or keys of accounts of nobody.</summary>
    static HashSet<string> Suspects(IReadOnlyDictionary<string, ScriptedAccount> before, IReadOnlyDictionary<string, ScriptedAccount> now) =>
        [.. now.Keys.Where(key => Told(before, now, key)).SelectMany(key => new[] { before.GetValueOrDefault(key)?.Mark, KnownOf(now[key].Mark), OrStranger(before, now, key) }).OfType<string>()];

    static bool Told(IReadOnlyDictionary<string, ScriptedAccount> before, IReadOnlyDictionary<string, ScriptedAccount> now, string key) =>
        now.TryGetValue(key, out var account)
        && (!before.TryGetValue(key, out var was)
            || was.Active != account.Active
            || was.Mark != account.Mark
            || (account.Active && !was.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal).SequenceEqual(account.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal))));

    static string? KnownOf(string? mark) => Enumerable.Range(0, People).Select(Id).FirstOrDefault(id => id == mark);

    static string? OrStranger(IReadOnlyDictionary<string, ScriptedAccount> before, IReadOnlyDictionary<string, ScriptedAccount> now, string key) =>
        before.ContainsKey(key) || KnownOf(now[key].Mark) is not null ? null : key;

    /// <summary>Some leave and some move, and their accounts with them.</summary>
    static async Task LiveOnAsync(ComparedWorld world, Random random)
    {
        foreach (var person in Enumerable.Range(0, People).Where(_ => random.Next(4) == 0))
        {
            await world.World.CarryAsync(random.Next(2) == 0 ? world.World.Leaver(Name(person), 2) : world.World.Hr(Name(person), 2, "Sales"));
        }

        await world.World.EndRunsAsync();
    }

    static void Change(ScriptedConnector target, Random random, int how)
    {
        var (key, other) = (Key(random.Next(People)), Id(random.Next(People)));
        var account = target.Native.GetValueOrDefault(key);
        switch (how, account)
        {
            case (0, _):
                target.PutNatively($"shadow{random.Next(3)}", Native.Unmarked);
                break;
            case (1, _):
                target.PutNatively($"orphan{random.Next(3)}", Native.Marked("nobody-we-know"));
                break;
            case (2, _):
                target.PutNatively($"twin{random.Next(3)}", Native.Marked(other));
                break;
            case (_, null):
                break;
            case (3, _):
                target.RemoveNatively(key);
                break;
            case (4 or 5, _):
                target.PutNatively(key, account with { Active = !account.Active });
                break;
            case (6, _):
                target.PutNatively(key, account.Set("displayName", $"Name {random.Next(2)}"));
                break;
            case (7, _):
                target.PutNatively(key, account.Set("title", "Chief"));
                break;
            case (8, _):
                target.PutNatively(key, account.Plus("group:Odd"));
                break;
            case (9, _):
                target.PutNatively(key, account with { Mark = random.Next(2) == 0 ? null : other });
                break;
            default:
                // Touched, and as it was.
                target.PutNatively(key, account);
                break;
        }
    }

    /// <summary>Pages of changes that are short or fail once, and between which something changes that is not as it was before.</summary>
    static Func<ListedPage, PageFault> Pages(ScriptedConnector target, Random random)
    {
        int[] later = [0, 6, 7, 11];
        var pages = 0;
        return page =>
        {
            if (page.List != ListKind.Changes)
            {
                return PageFault.None;
            }

            if (random.Next(4) == 0 && pages < People)
            {
                Change(target, random, later[random.Next(later.Length)]);
            }

            return (++pages, random.Next(4)) switch
            {
                (2, _) => PageFault.ServerError,
                (_, 0) => PageFault.Scant,
                _ => PageFault.None,
            };
        };
    }

    static async Task<bool> CompareDyingAsync(ComparedWorld world, Stand stand, Power power, Action arm)
    {
        const string run = "compare-changes";
        arm();
        try
        {
            await world.BeginAsync(run: run, mode: ReconciliationMode.Changes);
            await world.EndAsync(run, power.Cut);
        }
        catch (Exception) when (power.IsCut)
        {
            // Died, as asked.
        }

        if (!power.IsCut)
        {
            power.Restore();
            return false;
        }

        await world.World.StopAsync();
        stand = await stand.OpenAgainAsync();
        world.World.Reopen(stand.Rows, stand.History);
        power.Restore();
        await world.World.StartAsync();
        await world.BeginAsync(run: run, mode: ReconciliationMode.Changes);
        await world.EndAsync(run);
        return true;
    }

    static async Task ShouldFindNothingMoreAsync(ComparedWorld world, string shown)
    {
        var calls = world.World.Script.Calls.Count;
        (await world.CompareChangesAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed, shown);
        (await world.FoundAsync()).ShouldBeEmpty(shown);
        world.World.Script.Calls.Skip(calls).Where(call => call is { Target: Everyone, Operation: "find" or "readGrants" }).ShouldBeEmpty(shown);
    }
}
