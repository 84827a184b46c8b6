using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Audit;

/// <summary>
/// Deletes what has been kept long enough: payloads of audit entries, received events that have ended, settled drift, and ended comparisons but for
/// each target's newest. It goes round through the whole store, a bounded number of rows a round, and rests a day at the end.
/// </summary>
/// <param name="stores">The stores.</param>
/// <param name="retention">How long what is kept.</param>
public sealed class RetentionSweep(MeshStores stores, RetentionConfiguration retention)
{
    static readonly TimeSpan Rest = TimeSpan.FromDays(1);
    static readonly string[] Tables = [.. AuditTables.All, TableNames.Inbox, TableNames.Reconciliations];

    int _table;
    KeyRange _from = KeyRange.All;
    DateTimeOffset _restsUntil;

    /// <summary>How often a round is due.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Rows read in one round; a partition that is begun is finished.</summary>
    /// <value>20,000</value>
    public int RowsPerRound { get; init; } = 20_000;

    /// <summary>One round.</summary>
    /// <returns>Rows deleted.</returns>
    public async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        var now = stores.Clock.GetUtcNow();
        if (now < _restsUntil)
        {
            return 0;
        }

        var (read, deleted) = (0, 0L);
        while (_table < Tables.Length && read < RowsPerRound)
        {
            var part = await SweepAsync(Tables[_table], RowsPerRound - read, now, cancellationToken);
            (read, deleted) = (read + part.Read, deleted + part.Deleted);
        }

        if (_table == Tables.Length)
        {
            (_table, _restsUntil) = (0, now + Rest);
        }

        return deleted;
    }

    async Task<(int Read, long Deleted)> SweepAsync(string table, int most, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (read, deleted) = (0, 0L);
        var horizon = new RetentionHorizon(
            retention.Payloads.Before(now), retention.Inbox.Before(now), retention.Drift.Before(now), retention.History.Before(now));
        PartitionSweep? sweep = null;
        await foreach (var row in stores.Partitions.Store.ScanAsync(table, _from, cancellationToken))
        {
            if (sweep?.Partition != row.Partition)
            {
                deleted += sweep is null ? 0 : await sweep.EndAsync(cancellationToken);
                _from = new KeyRange(row.Partition, null);
                if (read >= most)
                {
                    return (read, deleted);
                }

                sweep = new PartitionSweep(stores, table, row.Partition, horizon);
            }

            read++;
            await sweep.TakeAsync(row, cancellationToken);
        }

        deleted += sweep is null ? 0 : await sweep.EndAsync(cancellationToken);
        (_table, _from) = (_table + 1, KeyRange.All);
        return (read, deleted);
    }
}
