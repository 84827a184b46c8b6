using System.Globalization;
using ServerlessSync.Demo.Drift;
using ServerlessSync.Demo.Verification;
using ServerlessSync.Demo.World;

namespace ServerlessSync.Demo;

/// <summary>The play to its end, the verification and the last line.</summary>
sealed class Demonstration(Options options, ProgressLine progress)
{
    const int ShownLines = 30;

    static readonly TimeSpan BetweenReadings = TimeSpan.FromMilliseconds(500);

    /// <summary>Plays and verifies.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await using var world = await SampleWorld.StartAsync(options.Store, port: null, cancellationToken);
        Introduce(world, progress);
        try
        {
            return await RunAsync(world, cancellationToken);
        }
        catch (HttpRequestException e) when (!world.Host.IsRunning)
        {
            throw new InvalidOperationException($"serverlesssync has ended:{world.Host.RecentOutput}", e);
        }
    }

    public static void Introduce(SampleWorld world, ProgressLine progress)
    {
        progress.Say($"{world.ScimTarget}: SCIM server at {world.Scim.BaseUrl}, groups {string.Join(", ", world.RightsOf(world.ScimTarget, "group"))}");
        progress.Say(FormattableString.Invariant($"{world.PostgreSqlTarget}: PostgreSQL on port {world.PostgreSql.Port}, roles {string.Join(", ", world.RightsOf(world.PostgreSqlTarget, "role"))}"));
        if (world.Tables is { } tables)
        {
            progress.Say($"store: Azure Table storage (Azurite) at {tables.Endpoint}; workflow history in SQLite");
        }

        progress.Say($"mesh: {world.Address} (serverlesssync, process {world.Host.Id.ToString(CultureInfo.InvariantCulture)})");
    }

    async Task<int> RunAsync(SampleWorld world, CancellationToken cancellationToken)
    {
        await using var play = new Play(world, options, progress);
        await play.RunAsync(cancellationToken);
        var lastEvent = TimeProvider.System.GetTimestamp();
        var people = new People(world.Hr, play.Script, world.Configuration);
        var verifier = new Verifier(world, people, play.Sessions);
        var done = await play.UntilDoneAsync(options.Deadline, cancellationToken);
        var verdict = await verifier.CompareAsync(cancellationToken);
        for (var reading = 2; done && verdict.Mismatches.Count > 0 && TimeProvider.System.GetElapsedTime(lastEvent) < options.Deadline; reading++)
        {
            // A correction may be on its way: a report's manager is filled in by an event of its own.
            progress.Show(FormattableString.Invariant($"reading everything for the {reading}. time: {verdict.Mismatches.Count} wrong so far"));
            await Task.Delay(BetweenReadings, TimeProvider.System, cancellationToken);
            verdict = await verifier.CompareAsync(cancellationToken);
        }

        var revocations = Revocations.Read(world, play.Script, play.Sender);
        IReadOnlyList<string> drift = [];
        if (done && verdict is { Mismatches.Count: 0, Unreachable.Count: 0 })
        {
            drift = await new DriftScene(world, people, progress).PlayAsync(options.Deadline, cancellationToken);
            verdict = await verifier.CompareAsync(cancellationToken);
        }

        var unfinished = await Unfinished.ReadAsync(world, people, verdict.Registry, cancellationToken);
        return Report(people, verdict, unfinished, revocations, drift);
    }

    int Report(People people, Verdict verdict, Unfinished unfinished, Revocations revocations, IReadOnlyList<string> drift)
    {
        foreach (var findings in verdict.Findings)
        {
            progress.Say(findings.Summary);
        }

        ShowDenials(people, verdict.Registry);
        progress.Say($"leaver event to end of sign-in, by the targets' logs: {revocations.SignInEnded}");
        progress.Say(FormattableString.Invariant($"leaver event to last revocation, by the targets' logs: {revocations.LastRevoked} ({revocations.LastRevoked.Count} leavers)"));
        (string Kind, IReadOnlyList<string> Lines)[] wrong =
        [
            ("runs not ended or not green", unfinished.Runs),
            ("leavers not done", revocations.Missing),
            ("targets that cannot be read", verdict.Unreachable),
            ("drift not found or not settled", drift),
            ("differences", verdict.Mismatches),
            ("exceptions open", unfinished.Exceptions),
        ];
        var count = wrong.Sum(w => w.Lines.Count);
        if (count > 0)
        {
            Array.ForEach(wrong, w => Show(w.Kind, w.Lines));
            progress.Say(FormattableString.Invariant($"demo: FAIL unfinished={count}"));
            return 1;
        }

        var revoked = revocations.LastRevoked;
        progress.Say(FormattableString.Invariant(
            $"demo: PASS identities={verdict.Registry.Items.Count} steps={unfinished.Steps} targets={verdict.Findings.Count - 1} checked={verdict.Checked} revoke_p50={revoked.Percentile(50)} revoke_p95={revoked.Percentile(95)} revoke_max={revoked.Percentile(100)}"));
        return 0;
    }

    void ShowDenials(People people, Registry registry)
    {
        foreach (var person in people.Active)
        {
            foreach (var denied in registry.Of(person)?.Denied ?? [])
            {
                progress.Say($"denied by policy: {denied.Entitlement} for {person.UserName} ({person.Title}): rule {denied.Rule}: {denied.Reason}");
            }
        }
    }

    void Show(string kind, IReadOnlyList<string> lines)
    {
        if (lines.Count > 0)
        {
            progress.Say(FormattableString.Invariant($"{kind}: {lines.Count}"));
        }

        foreach (var line in lines.Take(ShownLines))
        {
            progress.Say("  " + line);
        }

        if (lines.Count > ShownLines)
        {
            progress.Say(FormattableString.Invariant($"  and {lines.Count - ShownLines} more"));
        }
    }
}
