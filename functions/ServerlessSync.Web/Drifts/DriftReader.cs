using System.Globalization;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Web.Ops;

namespace ServerlessSync.Web.Drifts;

/// <summary>Shows drift and comparisons from the mesh's stores.</summary>
/// <param name="stores">The stores.</param>
/// <param name="configuration">The targets and their schedules.</param>
public sealed class DriftReader(MeshStores stores, MeshConfiguration configuration) : IDriftReader
{
    /// <summary>Open items looked at for one page, however few of them are meant.</summary>
    const int MostRead = 10_000;

    /// <inheritdoc/>
    public async Task<OpsPage> ListDriftsAsync(DriftFilter filter, int top, string? continuationToken, CancellationToken cancellationToken)
    {
        Require(continuationToken is null || StoreLimits.IsKey(continuationToken), continuationToken);
        var items = new List<ReadOnlyMemory<byte>>();
        var damaged = new List<RowAddress>();
        var (last, read) = ((string?)null, 0);
        await foreach (var (token, item) in stores.Drifts.ReadOpenAsync(filter.Target, continuationToken, damaged.Add, cancellationToken))
        {
            if (items.Count == top || read == MostRead)
            {
                return new OpsPage(items, last) { Damaged = damaged };
            }

            (last, read) = (token, read + 1);
            if (filter.Takes(item))
            {
                items.Add(MeshJson.ToBytes(item));
            }
        }

        return new OpsPage(items, null) { Damaged = damaged };
    }

    /// <inheritdoc/>
    public Task<OpsPage> ListReconciliationsAsync(string? target, int top, string? continuationToken, CancellationToken cancellationToken) =>
        target is null ? ListNewestAsync(continuationToken, cancellationToken) : ListOfTargetAsync(target, top, continuationToken, cancellationToken);

    /// <inheritdoc/>
    public Task<PlanPage> ReadPlanAsync(string target, long number, int top, string? continuationToken, CancellationToken cancellationToken) =>
        new PlanReader(stores, configuration).ReadAsync(target, number, continuationToken, top, cancellationToken);

    /// <inheritdoc/>
    public async Task<OpsPage> ListSchedulesAsync(CancellationToken cancellationToken)
    {
        var items = new List<ReadOnlyMemory<byte>>();
        var now = stores.Clock.GetUtcNow();
        foreach (var (name, target) in configuration.Targets)
        {
            var known = await stores.Reconciliations.FindScheduleAsync(name, ReconciliationMode.Complete, cancellationToken);
            items.Add(MeshJson.ToBytes(new
            {
                target = name,
                schedule = target.Reconcile.Schedule?.ToString(),
                timeZone = target.Reconcile.TimeZone.Id,
                next = ReconcileTimes.NextOf(name, target.Reconcile, ReconciliationMode.Complete, now),
                known?.Since,
                known?.LastDue,
                known?.LastStarted,
                known?.LastLate,
                known?.Missed,
                changes = await ShowChangesAsync(name, target.Reconcile, now, cancellationToken),
            }));
        }

        return new OpsPage(items, null);
    }

    /// <inheritdoc/>
    public Task<DriftReport> MakeReportAsync(CancellationToken cancellationToken) => new DriftReporter(stores).MakeAsync(cancellationToken);

    /// <summary>The schedule of changes; null where there is none.</summary>
    async Task<object?> ShowChangesAsync(string name, ReconcileConfiguration reconcile, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (reconcile.Changes is null)
        {
            return null;
        }

        var known = await stores.Reconciliations.FindScheduleAsync(name, ReconciliationMode.Changes, cancellationToken);
        var followed = await stores.Reconciliations.FindChangesAsync(name, cancellationToken);
        return new
        {
            schedule = reconcile.Changes.ToString(),
            next = ReconcileTimes.NextOf(name, reconcile, ReconciliationMode.Changes, now),
            known?.LastDue,
            known?.LastStarted,
            known?.Missed,
            followed = followed?.Cursor is not null,
            followed?.Lost,
        };
    }

    async Task<OpsPage> ListNewestAsync(string? continuationToken, CancellationToken cancellationToken)
    {
        Require(continuationToken is null, continuationToken);
        var items = new List<ReadOnlyMemory<byte>>();
        var damaged = new List<RowAddress>();
        await foreach (var run in stores.Reconciliations.ReadLastAsync(damaged.Add, cancellationToken))
        {
            items.Add(MeshJson.ToBytes(run));
        }

        return new OpsPage(items, null) { Damaged = damaged };
    }

    async Task<OpsPage> ListOfTargetAsync(string target, int top, string? continuationToken, CancellationToken cancellationToken)
    {
        var before = 0L;
        Require(
            continuationToken is null || (long.TryParse(continuationToken, NumberStyles.None, CultureInfo.InvariantCulture, out before) && before > 0), continuationToken);
        var items = new List<ReadOnlyMemory<byte>>();
        var damaged = new List<RowAddress>();
        await foreach (var run in stores.Reconciliations.ReadAsync(target, continuationToken is null ? null : before, damaged.Add, cancellationToken))
        {
            if (items.Count == top)
            {
                return new OpsPage(items, before.ToString(CultureInfo.InvariantCulture)) { Damaged = damaged };
            }

            before = run.Number;
            items.Add(MeshJson.ToBytes(run));
        }

        return new OpsPage(items, null) { Damaged = damaged };
    }

    static void Require(bool isToken, string? continuationToken)
    {
        if (!isToken)
        {
            throw new ArgumentException("not a token of this list", nameof(continuationToken));
        }
    }
}
