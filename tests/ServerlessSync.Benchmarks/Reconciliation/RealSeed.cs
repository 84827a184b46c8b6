using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Sqlite;
using ServerlessSync.TestKit;

namespace ServerlessSync.Benchmarks.Reconciliation;

/// <summary>Writes the rows the mesh has of people whose accounts it made, through the stores.</summary>
sealed class RealSeed(MeshStores stores, DateTimeOffset now)
{
    const int AtOnce = 512;
    const string Owner = "identity-team";

    /// <summary>Makes the file of a registry of so many people.</summary>
    public static async Task WriteAsync(string path, int people, CancellationToken cancellationToken)
    {
        await using var database = SqliteDatabase.Open(new SqliteOptions(path));
        var seed = new RealSeed(new MeshStores(new SqliteRowStore(database), TimeProvider.System), TimeProvider.System.GetUtcNow());
        // In the order they lie in: rows that come in no order take many times as long.
        await EachAsync(Enumerable.Range(0, people).OrderBy(RealPerson.KeyOf, StringComparer.Ordinal), seed.WriteKeyAsync, cancellationToken);
        await EachAsync(Enumerable.Range(0, people).OrderBy(RealPerson.IdOf, StringComparer.Ordinal), seed.WriteAsync, cancellationToken);
    }

    static Task EachAsync(IEnumerable<int> people, Func<int, CancellationToken, Task> write, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        people.Where(number => DriftRow.DriftOf(number) != Drift.Orphan),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
        async (number, token) => await write(number, token));

    Task WriteKeyAsync(int number, CancellationToken cancellationToken) =>
        stores.AccountKeys.AddAsync(RealMesh.Target, RealPerson.KeyOf(number), RealPerson.IdOf(number), cancellationToken);

    Task WriteAsync(int number, CancellationToken cancellationToken)
    {
        var (id, key) = (RealPerson.IdOf(number), RealPerson.KeyOf(number));
        return stores.Partitions.EditIdentityAsync(
            id,
            edit =>
            {
                var attributes = RealPerson.AttributesOf(number);
                Dictionary<string, string> said = new(attributes) { ["userName"] = RealPerson.UserNameOf(number) };
                edit.Save("record", RecordOf(id, said));
                edit.Save("lane", new Lane(0, null, 2, 1));
                edit.Save("source-" + HrYaml.Source, new SourceRecord(HrYaml.Source, id, 1, ChangeKind.Changed, said, "seed-" + id, now));
                edit.Save("account-" + RealMesh.Target, new Account(RealMesh.Target, key, said["userName"], AccountStatus.Active, attributes, Owner, now));
                foreach (var right in new[] { RealPerson.Everyone, RealPerson.Payments })
                {
                    edit.Save($"grant-{RealMesh.Target}-{KeyText.Encode(right)}", new Grant(RealMesh.Target, right, "all", "seed", Owner, now));
                }

                edit.Audit(AuditDraft.Of("seed", AuditKind.EventQueued, said));
                return Task.FromResult(true);
            },
            cancellationToken);
    }

    IdentityRecord RecordOf(string id, Dictionary<string, string> said) => new()
    {
        Id = id,
        Kind = IdentityKind.Person,
        Status = IdentityStatus.Active,
        Anchors = [new Anchor(HrYaml.Source, id)],
        Attributes = said.ToDictionary(a => a.Key, a => new AttributeValue(a.Value, HrYaml.Source, now)),
        CreatedAt = now,
        UpdatedAt = now,
    };
}
