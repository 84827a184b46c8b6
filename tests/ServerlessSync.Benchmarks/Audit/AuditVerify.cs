using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Sqlite;

namespace ServerlessSync.Benchmarks.Audit;

/// <summary>Verifies an honest record of 100,000 entries, checkpoints and anchor included, on SQLite.</summary>
public sealed class AuditVerify : IBenchmark
{
    const int Streams = 2_000;
    const int EntriesAtOnce = 5;
    const int Rounds = 10;
    const int Entries = Streams * EntriesAtOnce * Rounds;

    /// <inheritdoc/>
    public string Name => "audit-verify";

    /// <inheritdoc/>
    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        using var scratch = new Scratch(Name);
        await using var database = SqliteDatabase.Open(new SqliteOptions(scratch.File("audit.db")));
        using var anchored = new AnchoredRecord(new MeshStores(new SqliteRowStore(database), TimeProvider.System));
        for (var round = 0; round < Rounds; round++)
        {
            await AppendAsync(anchored.Stores.Partitions, cancellationToken);
            await anchored.CheckpointAsync(cancellationToken);
        }

        var comparison = await new Benchmarks.Rounds(TimeProvider.System).RunAsync(token => VerifyAsync(anchored, token), cancellationToken);
        report.Comparison(Name, "entries/s", comparison);
    }

    static Task AppendAsync(Partitions partitions, CancellationToken cancellationToken) => Parallel.ForAsync(0, Streams, cancellationToken, async (stream, token) =>
        await partitions.EditIdentityAsync(
            $"stream-{stream:D6}",
            edit =>
            {
                for (var n = 0; n < EntriesAtOnce; n++)
                {
                    edit.Audit(AuditDraft.Of($"run-{n}:1:1", AuditKind.Enforced, new { step = $"saas:grant:group-{n}", decision = "allow", outcome = "applied", before = "held by nobody" }));
                }

                return Task.FromResult(true);
            },
            token));

    static async Task<long> VerifyAsync(AnchoredRecord anchored, CancellationToken cancellationToken)
    {
        var found = await anchored.VerifyAsync(cancellationToken);
        return found is { FaultCount: 0, Entries: Entries, Unanchored: 0 }
            ? found.Entries
            : throw new InvalidOperationException($"An honest record of {Entries} entries was reported as {found}: {string.Join("; ", found.Faults.Take(3))}");
    }
}
