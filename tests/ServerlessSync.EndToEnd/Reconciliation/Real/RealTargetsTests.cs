using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ServerlessSync.EndToEnd.Kill;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Reconciliation.Real;

/// <summary>Comparisons by a real host process of a real SCIM server and a real PostgreSQL cluster, in which others have changed what they had no business with.</summary>
public sealed class RealTargetsTests
{
    static readonly int People = Sweep.Pick(300, 10_000);
    static readonly int Drifts = Sweep.Pick(20, 500);
    static readonly string[] Targets = [RealYaml.Saas, RealYaml.Warehouse];
    static readonly TimeSpan LongestTest = TimeSpan.FromMinutes(Sweep.Pick(10, 60));
    static readonly TimeSpan OrderlyStop = TimeSpan.FromSeconds(60);

    [Fact]
    [SuppressMessage("Security", "CA5394", Justification = "A seed must give the same run again.")]
    public async Task What_others_changed_is_found_and_mended_or_asked_about_and_nothing_else_is_touched()
    {
        using var limit = new CancellationTokenSource(LongestTest, TimeProvider.System);
        var laps = new LapTimes(FormattableString.Invariant($"reconciliation of {People} accounts in scimmy and in PostgreSQL, {Drifts} drifts planted in each, load {Load()}"));
        var employees = Employee.Many(People);
        await using var stage = await RealStage.StartAsync(employees, onPage: null, limit.Token);
        laps.Lap("targets with accounts");
        await stage.RecordAsync(employees, limit.Token);
        laps.Lap("record");
        var before = await ListAsync(stage, limit.Token);
        laps.Lap("listed natively");
        using var planting = new NativePlanting(employees, new Random(Sweep.Seed(1)));
        await planting.PlantAsync(stage.Saas, Drifts, limit.Token);
        await planting.PlantAsync(stage.Warehouse, Drifts, limit.Token);
        laps.Lap("planted");
        var planted = await ListAsync(stage, limit.Token);
        var (saasEffects, warehouseEffects) = (stage.Saas.ReadEffects().Count, stage.Warehouse.ReadDdl().Count);
        laps.Lap("listed again");

        await CompareAsync(stage, "first", laps, limit.Token);
        foreach (var target in Targets)
        {
            (await stage.OnStoresAsync(stores => ComparedWorld.FoundAsync(stores, target))).ShouldBe(planting.Lines(target), target);
            (await stage.OnStoresAsync(stores => OpenAsync(stores, target))).ShouldAllBe(item => item.State == DriftState.Asked, target);
        }

        await CompareAsync(stage, "second", laps, limit.Token);
        foreach (var target in Targets)
        {
            (await stage.OnStoresAsync(stores => ComparedWorld.FoundAsync(stores, target))).ShouldBe(planting.Lines(target, alsoMended: false), target);
        }

        ShouldBeMended(before, planted, await ListAsync(stage, limit.Token), planting);
        ShouldTouchNothingElse(stage, saasEffects, warehouseEffects, planting);
        laps.Lap("proven");
        laps.Show();
    }

    static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    static async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> ListAsync(RealStage stage, CancellationToken cancellationToken) =>
        new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            [RealYaml.Saas] = await NativeListing.ReadAsync(stage.Saas, cancellationToken),
            [RealYaml.Warehouse] = await NativeListing.ReadAsync(stage.Warehouse, cancellationToken),
        };

    /// <summary>Compares both targets at once, on a host that is stopped once everything let through is mended.</summary>
    static async Task CompareAsync(RealStage stage, string which, LapTimes laps, CancellationToken cancellationToken)
    {
        await using var host = await stage.StartHostAsync(cancellationToken);
        using var client = HostApi.ClientOf(host);
        var api = new ComparisonApi(client);
        await Task.WhenAll(Targets.Select(async target =>
        {
            var (run, stages) = await api.EndAsync(target, await api.StartAsync(target, dryRun: false, ReconciliationMode.Complete, cancellationToken), cancellationToken);
            (run.Outcome, run.Reason, run.Halted, run.Guarded.Count).ShouldBe((ReconciliationOutcome.Completed, null, null, 0), target);
            Progress.Show(string.Create(CultureInfo.InvariantCulture, $"reconciliation, {which} of {target}: {run.Accounts} accounts, {run.Rights} rights, seconds: {stages}, load {Load()}"));
        }));
        laps.Lap($"{which} comparison");
        foreach (var target in Targets)
        {
            await api.MendedAsync(target, cancellationToken);
        }

        laps.Lap($"mended after the {which}");
        (await HostApi.ListAsync(client, "exceptions?top=10", cancellationToken)).ShouldBeEmpty();
        await host.StopAsync(OrderlyStop);
        host.ExitCode.ShouldBe(0, host.RecentOutput);
    }

    static async Task<IReadOnlyList<DriftItem>> OpenAsync(MeshStores stores, string target)
    {
        var open = new List<DriftItem>();
        await foreach (var (_, item) in stores.Drifts.ReadOpenAsync(target, null, CancellationToken.None))
        {
            open.Add(item);
        }

        return open;
    }

    /// <summary>What people are asked about is as it was planted, everything else as it was before.</summary>
    static void ShouldBeMended(
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> before,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> planted,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> after,
        NativePlanting planting)
    {
        foreach (var target in Targets)
        {
            var asked = planting.In(target).Where(p => !p.Mended).Select(p => p.Name).ToHashSet();
            var wanted = before[target].Where(a => !asked.Contains(a.Key)).Concat(planted[target].Where(a => asked.Contains(a.Key))).Select(Line);
            after[target].Select(Line).Except(wanted).ShouldBeEmpty($"{target}: there and not wanted");
            wanted.Except(after[target].Select(Line)).ShouldBeEmpty($"{target}: wanted and not there");
        }

        static string Line(KeyValuePair<string, string> account) => $"{account.Key}: {account.Value}";
    }

    /// <summary>The targets' own logs name those who were to be mended, each, and nobody else.</summary>
    static void ShouldTouchNothingElse(RealStage stage, int saasEffects, int warehouseEffects, NativePlanting planting)
    {
        stage.Saas.ReadEffects().Skip(saasEffects).Select(e => e.UserName).Distinct().ShouldBe(Mended(RealYaml.Saas), ignoreOrder: true);
        var statements = stage.Warehouse.ReadDdl().Skip(warehouseEffects).ToList();
        var touched = statements.Select(s => s.Split('"').Where((_, part) => part % 2 == 1).LastOrDefault(name => !RealYaml.Rights.Contains(name)) ?? s);
        touched.Distinct().ShouldBe(Mended(RealYaml.Warehouse), ignoreOrder: true);

        IEnumerable<string> Mended(string target) => planting.In(target).Where(p => p.Mended).Select(p => p.Name);
    }
}
