using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Starts the comparisons that are due. What has been started is in the store, so several hosts may do this, and a host that was away finds what it
/// missed; it is started once, and said to be late. A target whose comparison cannot be started does not keep the others.
/// </summary>
/// <param name="configuration">The schedules.</param>
/// <param name="stores">The stores; their clock is the clock.</param>
/// <param name="requests">Starts comparisons.</param>
/// <param name="logger">The log.</param>
public sealed partial class ReconcileTimer(MeshConfiguration configuration, MeshStores stores, IReconciliationRequests requests, ILogger logger)
{
    readonly MissedComparisons _missed = new(configuration, stores);
    readonly WindowedDrift _windowed = new(stores);

    /// <summary>How often a round is due.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromMinutes(1);

    /// <summary>One round.</summary>
    /// <returns>What was started.</returns>
    /// <exception cref="AggregateException">Some targets could not be looked at, or their comparison not be started; the next round tries again.</exception>
    public async Task<IReadOnlyList<ScheduledStart>> RunAsync(CancellationToken cancellationToken)
    {
        var started = new List<ScheduledStart>();
        var failed = new List<Exception>();
        foreach (var target in configuration.Targets.Values.Where(t => t.Reconcile.Schedule is not null || t.Reconcile.Windows.Count > 0))
        {
            try
            {
                if ((await StartDueAsync(target.Name, target.Reconcile, cancellationToken)
                    ?? await StartInWindowAsync(target.Name, target.Reconcile, cancellationToken)) is { } start)
                {
                    started.Add(start);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                failed.Add(e);
            }
        }

        return failed.Count == 0 ? started : throw new AggregateException($"{failed.Count} targets were not looked at.", failed);
    }

    async Task<ScheduledStart?> StartInWindowAsync(string target, ReconcileConfiguration reconcile, CancellationToken cancellationToken) =>
        await _windowed.FindDueAsync(target, reconcile, cancellationToken) is { } due && await StartAsync(due, cancellationToken) ? due : null;

    async Task<ScheduledStart?> StartDueAsync(string target, ReconcileConfiguration reconcile, CancellationToken cancellationToken)
    {
        if (reconcile.Schedule is null)
        {
            return null;
        }

        var now = stores.Clock.GetUtcNow();
        var known = await stores.Reconciliations.FindScheduleAsync(target, cancellationToken);
        var name = ReconcileTimes.NameOf(reconcile);
        if (known?.Schedule != name)
        {
            known = (await stores.Reconciliations.ChangeScheduleAsync(
                target, there => there?.Schedule == name ? null : new ReconciliationSchedule(target, name, now), cancellationToken))!;
        }

        await _missed.TellAsync(target, reconcile, known, cancellationToken);
        var last = await stores.Reconciliations.FindLastAsync(target, cancellationToken);
        if (ReconcileTimes.DueNow(target, reconcile, known, last, now) is not { } due || !await StartAsync(due, cancellationToken))
        {
            return null;
        }

        if (due.WasMissed)
        {
            LogMissed(logger, target, due.Note!);
        }

        // After the start: whoever dies between starts it again under the same instance id, which is one comparison.
        await stores.Reconciliations.ChangeScheduleAsync(target, there => Served(there, known, due, now), cancellationToken);
        return due;
    }

    async Task<bool> StartAsync(ScheduledStart due, CancellationToken cancellationToken)
    {
        var answer = await requests.StartAsync(
            new ReconciliationRequest(due.Target, due.Run, DryRun: false, ReconciliationRequest.Schedule, due.Note), cancellationToken);
        if (answer.Decision == ReconciliationDecision.Started)
        {
            return true;
        }

        LogNotStarted(logger, due.Target, answer.Decision, answer.Reason);
        return false;
    }

    static ReconciliationSchedule? Served(ReconciliationSchedule? there, ReconciliationSchedule known, ScheduledStart due, DateTimeOffset now) =>
        there?.Schedule != known.Schedule || there.LastDue >= due.Due
            ? null
            : there with { LastDue = due.Due, LastStarted = now, LastLate = due.Late, Missed = there.Missed + due.Missed + (due.Late > ScheduledStart.Punctual ? 1 : 0) };

    [LoggerMessage(EventId = 1040, Level = LogLevel.Warning, Message = "The comparison of {Target} was not started when it was due: {Note}")]
    static partial void LogMissed(ILogger logger, string target, string note);

    [LoggerMessage(EventId = 1041, Level = LogLevel.Warning, Message = "The comparison of {Target} is due and was not started: {Decision} {Reason}")]
    static partial void LogNotStarted(ILogger logger, string target, ReconciliationDecision decision, string? reason);
}
