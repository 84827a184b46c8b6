using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Audit;

/// <summary>
/// Reads every stream and every checkpoint and proves that nothing was changed, dropped or put elsewhere. Held against an anchor it also finds
/// what was cut off together with its head, deleted whole, or rewritten with all its hashes. A host may work meanwhile.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="anchor">The anchor, or null: then a cut of stream and chain together cannot be seen, and no signature is looked at.</param>
public sealed class AuditVerifier(IRowStore store, AnchorRecord? anchor = null)
{
    /// <summary>Marks of checkpoints held at once; of more, streams are read in several turns.</summary>
    /// <value>250,000, some 50 MB</value>
    public int WindowLeaves { get; init; } = 250_000;

    /// <summary>Told from time to time how many entries were read.</summary>
    /// <value>null: nobody</value>
    public IProgress<long>? Progress { get; init; }

    /// <summary>Verifies everything, in bounded memory.</summary>
    /// <exception cref="StoreException">The store cannot be read. A damaged row is a fault of the report, no exception.</exception>
    /// <exception cref="IOException">The anchor cannot be read.</exception>
    public async Task<AuditReport> VerifyAsync(CancellationToken cancellationToken)
    {
        var tally = new Tally(Progress);
        var chain = await new ChainVerification(store, anchor, tally).RunAsync(cancellationToken);
        await foreach (var window in LeafWindow.ReadAsync(new CheckpointRows(store), chain.Last, WindowLeaves, cancellationToken))
        {
            await VerifyAsync(window, chain.Anchored, tally, cancellationToken);
        }

        return new AuditReport
        {
            Streams = tally.Streams,
            Entries = tally.Entries,
            Erased = tally.Erased,
            Checkpoints = chain.Checkpoints,
            Unanchored = tally.Unanchored,
            Waiting = chain.Waiting,
            FaultCount = tally.FaultCount,
            Faults = tally.Faults,
        };
    }

    async Task VerifyAsync(LeafWindow window, long anchored, Tally tally, CancellationToken cancellationToken)
    {
        foreach (var table in AuditTables.All)
        {
            string? partition = null;
            await foreach (var row in store.ScanAsync(table, KeyRange.All, cancellationToken))
            {
                if (row.Partition != partition && Reading.IsAudit(row.Key) && window.Holds(table, row.Partition))
                {
                    partition = row.Partition;
                    tally.Streams++;
                    await new StreamVerification(store, tally, (table, partition), window.Take(table, partition)).RunAsync(anchored, cancellationToken);
                }
            }
        }

        foreach (var (table, stream) in window.Streams)
        {
            var mark = window.MarksOf(table, stream).MaxBy(m => m.Number);
            tally.Add(AuditFault.OfStream(table, stream, $"gone: checkpoint {mark.Checkpoint} holds its entry {mark.Number}"));
        }
    }
}
