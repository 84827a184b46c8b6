using System.Globalization;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Storage.Sqlite.Tests;

/// <summary>
/// The child process of the crash tests: writes until it is killed, and prints each key once it was acknowledged; or, given a file alone,
/// only opens it and closes it again.
/// </summary>
static class Program
{
    static async Task Main(string[] arguments)
    {
        await using var database = SqliteDatabase.Open(new(arguments[0]));
        if (arguments.Length == 1)
        {
            return;
        }

        var store = new SqliteRowStore(database);
        var history = new SqliteWorkflowHistory(database, TimeProvider.System);
        await history.AcquireAsync(ProcessIdentity.Current(), TimeSpan.FromHours(1), CancellationToken.None);
        var printing = new Lock();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(lane => Task.Run(async () =>
        {
            for (var i = 0; ; i++)
            {
                var key = string.Create(CultureInfo.InvariantCulture, $"{arguments[1]}-{lane}-{i}");
                var batch = new RowBatch("t", key, RowWrite.Insert("a", new byte[700]), RowWrite.Insert("b", new byte[300]));
                var committed = await store.CommitAsync(batch, CancellationToken.None);
                var created = await history.CreateAsync(new(Sample.Run(key), [new byte[150]]), CancellationToken.None);
                await history.CommitTurnAsync(new() { Instance = Sample.Run(key), ExpectedEvents = 1, NewEvents = [new byte[150]] }, CancellationToken.None);
                lock (printing)
                {
                    Console.WriteLine(committed.Committed && created ? key : "conflict");
                }
            }
        })));
    }
}
