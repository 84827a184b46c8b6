using ServerlessSync.Demo.Api;
using ServerlessSync.Demo.Verification;
using ServerlessSync.Demo.World;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.Demo.Drift;

/// <summary>
/// Drift of six kinds, planted by native clients: a comparison of each target finds it, mends what a plan can mend and asks about the rest, and a
/// second one finds nothing of it.
/// </summary>
sealed class DriftScene(SampleWorld world, People people, ProgressLine progress)
{
    const string Unowned = "unowned";

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    readonly List<string> _wrong = [];

    /// <summary>Plays it; each comparison and its mending may take as long as <paramref name="limit"/>.</summary>
    /// <returns>What was not found, or not mended; a line each.</returns>
    public async Task<IReadOnlyList<string>> PlayAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var scim = new ScimDrift(world.Scim);
        var plants = new Plants(world, people, scim);
        var planted = await plants.PlantAsync(cancellationToken);
        foreach (var one in planted)
        {
            progress.Say($"planted on {one.Target}: {one.Told}");
        }

        foreach (var target in planted.GroupBy(p => p.Target))
        {
            await FindAsync([.. target], plants.ShadowId, limit, cancellationToken);
        }

        // Whoever was asked settles it.
        await scim.DeleteAsync(Plants.Shadow, cancellationToken);
        foreach (var target in planted.Select(p => p.Target).Distinct())
        {
            var again = await CompareAsync(target, limit, cancellationToken);
            _wrong.AddRange(again.Found.Keys.Where(kind => kind != Unowned).Select(kind => $"{target}: {kind} is found again"));
            _wrong.AddRange((await OpenAsync(target, cancellationToken)).Where(d => d.AccountKey == plants.ShadowId).Select(d => $"{target}: {Plants.Shadow} is gone and still open"));
        }

        progress.Say(_wrong.Count == 0
            ? FormattableString.Invariant($"drift: {planted.Count} planted, {planted.Count(p => !p.IsAsked)} mended, {planted.Count(p => p.IsAsked)} asked about; a second comparison finds nothing of it")
            : FormattableString.Invariant($"drift: {planted.Count} planted, {_wrong.Count} wrong"));
        return _wrong;
    }

    async Task FindAsync(IReadOnlyList<Planted> planted, string shadow, TimeSpan limit, CancellationToken cancellationToken)
    {
        var target = planted[0].Target;
        var comparison = await CompareAsync(target, limit, cancellationToken);
        var open = await UntilMendedAsync(target, limit, cancellationToken);
        foreach (var one in planted)
        {
            var asked = open.FirstOrDefault(d => d.AccountKey == shadow && d.State == "asked");
            var (found, done) = (comparison.Found.GetValueOrDefault(one.Kind), one.IsAsked ? asked is not null : open.All(d => d.Findings.All(f => f.Kind != one.Kind)));
            var what = one.IsAsked ? $"asked about: {asked?.Reason}" : "mended";
            progress.Say($"{target} {one.Kind}: {(found == 0 ? "not found" : "found")}, {(done ? what : "not settled")}");
            if (found == 0 || !done)
            {
                _wrong.Add($"{target}: {one.Told}: found {found}, {(done ? "settled" : "not settled")}");
            }
        }
    }

    async Task<ComparisonItem> CompareAsync(string target, TimeSpan limit, CancellationToken cancellationToken)
    {
        var run = await world.Api.CompareAsync(target, cancellationToken);
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < limit)
        {
            if (await world.Api.FindComparisonAsync(target, run, cancellationToken) is { EndedAt: not null } ended)
            {
                progress.Say(FormattableString.Invariant($"compared {target}: {ended.Outcome}, {ended.Accounts} accounts{(ended.Reason is null ? "" : ", " + ended.Reason)}"));
                _wrong.AddRange(ended.Outcome == "completed" ? [] : [$"{target}: the comparison is {ended.Outcome}: {ended.Reason}"]);
                return ended;
            }

            progress.Show($"comparing {target} with the record");
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }

        _wrong.Add($"{target}: comparison {run} has not ended");
        return new ComparisonItem(run, "running");
    }

    /// <summary>Waits until nothing open is on its way; answers what is open then.</summary>
    async Task<IReadOnlyList<DriftRow>> UntilMendedAsync(string target, TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var open = await OpenAsync(target, cancellationToken);
            if (open.All(d => d.State != "queued") || TimeProvider.System.GetElapsedTime(started) > limit)
            {
                return open;
            }

            progress.Show(FormattableString.Invariant($"mending {target}: {open.Count(d => d.State == "queued")} left"));
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }

    Task<IReadOnlyList<DriftRow>> OpenAsync(string target, CancellationToken cancellationToken) => world.Api.ReadDriftsAsync(target, cancellationToken);
}
