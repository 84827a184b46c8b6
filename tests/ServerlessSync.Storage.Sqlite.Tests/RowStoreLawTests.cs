using FsCheck;
using FsCheck.Fluent;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Storage.Sqlite.Tests;

/// <summary>Any sequence of batches is answered alike by memory, by SQLite and by a plain dictionary.</summary>
public sealed class RowStoreLawTests : IDisposable
{
    static readonly string[] Keys = ["a", "ab", "b", "~", "\ue000"];
    static readonly string[] Partitions = ["p", "p~", "q"];
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Any_sequence_of_batches_has_the_same_answers_and_leaves_the_same_rows()
    {
        await using var database = _folder.Open();
        IRowStore[] stores = [new MemoryRowStore(), new SqliteRowStore(database)];
        var sequence = 0;

        Prop.ForAll(Batches().ArrayOf().ToArbitrary(), batches =>
        {
            var table = $"t{sequence++}";
            return stores.All(store => AgreesAsync(store, table, batches).GetAwaiter().GetResult());
        }).QuickCheckThrowOnFailure();
    }

    static Gen<Step[]> Batches()
    {
        var step =
            from key in Gen.Elements(Keys)
            from condition in Gen.Elements(Enum.GetValues<RowCondition>())
            from current in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
            from deletes in Gen.Frequency((1, Gen.Constant(true)), (3, Gen.Constant(false)))
            from size in Gen.Choose(0, 40)
            from partition in Gen.Elements(Partitions)
            select new Step(partition, key, condition, current, deletes ? null : new byte[size]);
        return from steps in step.NonEmptyListOf()
               select steps.DistinctBy(s => s.Key, StringComparer.Ordinal).ToArray();
    }

    static async Task<bool> AgreesAsync(IRowStore store, string table, Step[][] batches)
    {
        var model = new RowModel();
        foreach (var steps in batches)
        {
            var partition = steps[0].Partition;
            var writes = Array.ConvertAll(steps, step => new RowWrite(step.Key, step.Condition, model.ETag(partition, step.Key, step.Current), step.Body));
            var answer = await store.CommitAsync(new(table, partition, writes), CancellationToken.None);
            if (answer.ConflictAt != model.Commit(partition, writes, answer.ETags))
            {
                return false;
            }
        }

        var rows = new List<string>();
        await foreach (var row in store.ScanAsync(table, KeyRange.All, CancellationToken.None))
        {
            rows.Add(RowModel.Show(row.Partition, row.Key, row.ETag, row.Body.Length));
        }

        return rows.SequenceEqual(model.Rows(), StringComparer.Ordinal);
    }

    /// <summary>One write to be: with the row's present ETag, or with one it never had.</summary>
    sealed record Step(string Partition, string Key, RowCondition Condition, bool Current, byte[]? Body);
}
