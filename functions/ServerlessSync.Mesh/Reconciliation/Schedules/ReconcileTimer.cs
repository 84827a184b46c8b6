using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Damage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Ends the comparisons whose workflow is gone, and starts those that are due. What has been started is in the store, so several hosts may do this, and a host that was away finds what it
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
    readonly DamagedRows _damaged = new(stores, configuration, logger);

    /// <summary>How often a round is due.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromMinutes(1);

    /// <summary>One round.</summary>
    /// <returns>What was started.</returns>
    /// <exception cref="AggregateException">Some targets could not be looked at, or their comparison not be started; the next round tries again.</exception>
    public async Task<IReadOnlyList<ScheduledStart>> RunAsync(CancellationToken cancellationToken)
    {
        var started = new List<ScheduledStart>();
        var failed = new List<Exception>();
        foreach (var target in configuration.Targets.Values)
        {
            try
            {
                var known = await TellMissedAsync(target.Name, target.Reconcile, cancellationToken);
                await requests.EndDeadAsync(target.Name, cancellationToken);
                if (target.Reconcile is { Schedule: null, Windows.Count: 0 })
                {
                    continue;
                }

                var isUnderWay = await requests.IsUnderWayAsync(target.Name, cancellationToken);
                var due = known is null ? [] : await StartDueAsync(target.Name, target.Reconcile, known, isUnderWay, cancellationToken);
                started.AddRange(due.Count > 0 || isUnderWay ? due : await StartInWindowAsync(target.Name, target.Reconcile, cancellationToken));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                failed.Add(e);
                if (e is StoreException damage)
                {
                    await _damaged.ReportAsync(damage, cancellationToken);
                }
            }
        }

        return failed.Count == 0 ? started : throw new AggregateException($"{failed.Count} targets were not looked at.", failed);
    }

    /// <summary>
    /// First of all, so that nothing that keeps comparisons from their time keeps that from being told; where not even what is remembered of the schedule
    /// can be read, as if it had always been.
    /// </summary>
    /// <returns>What is remembered of the schedule; null where there is none.</returns>
    async Task<ReconciliationSchedule?> TellMissedAsync(string target, ReconcileConfiguration reconcile, CancellationToken cancellationToken)
    {
        if (reconcile.Schedule is null)
        {
            return null;
        }

        try
        {
            var known = await KnowAsync(target, reconcile, ReconciliationMode.Complete, stores.Clock.GetUtcNow(), cancellationToken);
            await _missed.TellAsync(target, reconcile, known, cancellationToken);
            return known;
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Corrupt)
        {
            var always = new ReconciliationSchedule(target, ReconcileTimes.NameOf(reconcile, ReconciliationMode.Complete), DateTimeOffset.UnixEpoch);
            await _missed.TellAsync(target, reconcile, always, cancellationToken);
            throw;
        }
    }

    async Task<IReadOnlyList<ScheduledStart>> StartInWindowAsync(string target, ReconcileConfiguration reconcile, CancellationToken cancellationToken) =>
        await _windowed.FindDueAsync(target, reconcile, cancellationToken) is { } due && await StartAsync(due, cancellationToken) == ReconciliationDecision.Started ? [due] : [];

    /// <summary>The complete comparison first: what it waits for is every one of changes.</summary>
    async Task<IReadOnlyList<ScheduledStart>> StartDueAsync(
        string target, ReconcileConfiguration reconcile, ReconciliationSchedule known, bool isUnderWay, CancellationToken cancellationToken)
    {
        var now = stores.Clock.GetUtcNow();
        var complete = !isUnderWay && ReconcileTimes.DueNow(target, reconcile, ReconciliationMode.Complete, known, now) is { } due
            && await StartAsync(due, cancellationToken) == ReconciliationDecision.Started
                ? due
                : null;
        if (complete is not null)
        {
            // After the start: whoever dies between starts it again under the same instance id, which is one comparison.
            await ServeAsync(complete, known, there => Served(there, complete, now), cancellationToken);
        }

        var changes = reconcile.Changes is null
            ? null
            : await StartChangesAsync(target, reconcile, isUnderWay || complete is not null, now, cancellationToken);
        return [.. new[] { complete, changes }.OfType<ScheduledStart>()];
    }

    /// <summary>A time of changes at which the target is compared already, or at which nothing can be followed yet, is passed over; the next one stands for it.</summary>
    async Task<ScheduledStart?> StartChangesAsync(
        string target, ReconcileConfiguration reconcile, bool isUnderWay, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var known = await KnowAsync(target, reconcile, ReconciliationMode.Changes, now, cancellationToken);
        if (ReconcileTimes.DueNow(target, reconcile, ReconciliationMode.Changes, known, now) is not { } due)
        {
            return null;
        }

        var start = isUnderWay ? null : await stores.Reconciliations.FindChangesAsync(target, cancellationToken) switch
        {
            { Cursor: not null } => due,
            { ReadEverything: true } followed => due with { InPlace = followed.Lost },
            _ => null,
        };
        var decision = start is null ? ReconciliationDecision.UnderWay : await StartAsync(start, cancellationToken);
        if (decision is ReconciliationDecision.Started or ReconciliationDecision.UnderWay)
        {
            await ServeAsync(due, known, there => decision == ReconciliationDecision.Started ? Served(there, due, now) : there with { LastDue = due.Due }, cancellationToken);
        }

        return decision == ReconciliationDecision.Started ? start : null;
    }

    async Task<ReconciliationSchedule> KnowAsync(
        string target, ReconcileConfiguration reconcile, ReconciliationMode mode, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var name = ReconcileTimes.NameOf(reconcile, mode);
        var known = await stores.Reconciliations.FindScheduleAsync(target, mode, cancellationToken);
        return known?.Schedule == name
            ? known
            : (await stores.Reconciliations.ChangeScheduleAsync(
                target, mode, there => there?.Schedule == name ? null : new ReconciliationSchedule(target, name, now), cancellationToken))!;
    }

    async Task<ReconciliationDecision> StartAsync(ScheduledStart due, CancellationToken cancellationToken)
    {
        var answer = await requests.StartAsync(
            new ReconciliationRequest(due.Target, due.Run, DryRun: false, ReconciliationRequest.Schedule, due.Note) { Mode = due.Mode }, cancellationToken);
        if (answer.Decision != ReconciliationDecision.Started)
        {
            LogNotStarted(logger, due.Target, answer.Decision, answer.Reason);
        }
        else if (due.WasMissed)
        {
            LogMissed(logger, due.Target, due.Note!);
        }

        return answer.Decision;
    }

    Task<ReconciliationSchedule?> ServeAsync(
        ScheduledStart due, ReconciliationSchedule known, Func<ReconciliationSchedule, ReconciliationSchedule> serve, CancellationToken cancellationToken) =>
        stores.Reconciliations.ChangeScheduleAsync(
            due.Target, due.Of, there => there?.Schedule != known.Schedule || there.LastDue >= due.Due ? null : serve(there), cancellationToken);

    static ReconciliationSchedule Served(ReconciliationSchedule there, ScheduledStart due, DateTimeOffset now) =>
        there with { LastDue = due.Due, LastStarted = now, LastLate = due.Late, Missed = there.Missed + due.Missed + (due.Late > ScheduledStart.Punctual ? 1 : 0) };

    [LoggerMessage(EventId = 1040, Level = LogLevel.Warning, Message = "The comparison of {Target} was not started when it was due: {Note}")]
    static partial void LogMissed(ILogger logger, string target, string note);

    [LoggerMessage(EventId = 1041, Level = LogLevel.Warning, Message = "The comparison of {Target} is due and was not started: {Decision} {Reason}")]
    static partial void LogNotStarted(ILogger logger, string target, ReconciliationDecision decision, string? reason);
}
