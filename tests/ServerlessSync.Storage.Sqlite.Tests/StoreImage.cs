using System.Text;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using Shouldly;

namespace ServerlessSync.Storage.Sqlite.Tests;

/// <summary>A little of everything a store holds, and all of it read back through the contracts as lines of text.</summary>
static class StoreImage
{
    public const string Table = "things";
    public const string Damaged = "damaged";

    public static readonly string[] Runs = ["parent", "parent:1", "quiet", "told"];

    static CancellationToken None => CancellationToken.None;

    /// <summary>Writes it, a commit after the other; each of them is said once it was acknowledged.</summary>
    public static async Task FillAsync(SqliteDatabase database, Func<Task>? acknowledged = null)
    {
        acknowledged ??= () => Task.CompletedTask;
        var store = new SqliteRowStore(database);
        var history = new SqliteWorkflowHistory(database, TimeProvider.System);
        await history.AcquireAsync(ProcessIdentity.Current(), TimeSpan.FromHours(1), None);
        await acknowledged();
        await DoAsync(async () => await store.CommitAsync(new(Table, "p", RowWrite.Insert("a", Body('a', 300)), RowWrite.Insert("b", Body('b', 5000))), None));
        await DoAsync(() => history.CreateAsync(new(Sample.Run("parent") with { Input = "{\"text\":\"ä\"}" }, [Body('c', 40), Body('d', 60)]), None));
        await DoAsync(async () => await store.CommitAsync(new(Table, "q", RowWrite.Put("a", Body('e', 10))), None));
        await DoAsync(() => history.CommitTurnAsync(Turn("parent", 2, 'f') with { Children = [new(Sample.Run("parent:1"), [Body('g', 20)], "parent")] }, None));
        await DoAsync(() => history.CreateAsync(new(Sample.Run("told"), [Body('h', 20)]), None));
        await DoAsync(() => history.AddMessageAsync("told", Body('i', 80), None));
        await DoAsync(() => history.CreateAsync(new(Sample.Run("quiet"), []), None));
        await DoAsync(async () => await store.CommitAsync(new(Table, "p", RowWrite.Delete("a"), RowWrite.Put("c", Body('j', 700))), None));
        await DoAsync(() => history.CommitTurnAsync(Turn("parent:1", 1, 'k') with { Instance = Failed("parent:1"), Messages = [new("parent", Body('l', 30))] }, None));

        async Task DoAsync(Func<Task> commit)
        {
            await commit();
            await acknowledged();
        }
    }

    /// <summary>Every row and every run; what is damaged is said to be so.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(SqliteDatabase database)
    {
        var lines = new List<string>();
        await foreach (var row in new SqliteRowStore(database).ScanAsync(Table, KeyRange.All, None))
        {
            (row.Damaged && !row.Body.IsEmpty).ShouldBeFalse();
            lines.Add(row.Damaged ? $"row {Damaged}" : $"row {row.Partition}/{row.Key} {row.ETag} {Text(row.Body)}");
        }

        var history = new SqliteWorkflowHistory(database, TimeProvider.System);
        foreach (var run in Runs)
        {
            lines.AddRange(await ReadRunAsync(history, run));
        }

        return lines;
    }

    static async Task<string[]> ReadRunAsync(SqliteWorkflowHistory history, string id)
    {
        try
        {
            return await history.LoadAsync(id, None) is { } run
                ? [$"run {id} {Short($"{run.Instance} {run.ParentInstanceId}")} {string.Join(',', run.Events.Select(Text))}", .. run.Messages.Select(m => $"message to {id} {m.Number} {Text(m.Message)}")]
                : [];
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Corrupt)
        {
            return [$"run {id} {Damaged}"];
        }
    }

    static byte[] Body(char content, int size) => Encoding.UTF8.GetBytes(new string(content, size));

    static string Text(ReadOnlyMemory<byte> body) => Short(Encoding.UTF8.GetString(body.Span));

    static string Short(string text) => KeyText.Hash(text)[..8];

    static TurnCommit Turn(string id, int expected, char content) => new() { Instance = Sample.Run(id), ExpectedEvents = expected, NewEvents = [Body(content, 50)] };

    static WorkflowInstance Failed(string id) => Sample.Run(id) with { Status = WorkflowStatus.Failed, Failure = new("Some.Type", "it broke"), Output = "2" };
}
