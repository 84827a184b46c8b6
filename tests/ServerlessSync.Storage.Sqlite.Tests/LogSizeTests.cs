using ServerlessSync.Mesh.Storage;
using Shouldly;

namespace ServerlessSync.Storage.Sqlite.Tests;

/// <summary>The write-ahead log stays near its usual size.</summary>
public sealed class LogSizeTests : IDisposable
{
    const int Lives = 6;
    const int RowsOfALife = 50;
    const long UsualLogBytes = 64 << 20;

    static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);
    static readonly byte[] Body = new byte[512 * 1024];

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Processes_that_die_before_they_have_written_a_whole_log_do_not_let_it_grow_and_grow()
    {
        var file = _folder.File;
        for (var life = 0; life < Lives; life++)
        {
            // What lies there when the process is dead: the file and log of one that was never closed.
            await using var database = SqliteDatabase.Open(new(file));
            var rows = new SqliteRowStore(database);
            for (var row = 0; row < RowsOfALife; row++)
            {
                await SaveAsync(rows, $"{life}-{row}");
            }

            var next = $"{_folder.File}.{life}";
            File.Copy(file, next);
            File.Copy(file + "-wal", next + "-wal");
            file = next;
        }

        await using var last = SqliteDatabase.Open(new(file));
        await ShrinkAsync(new SqliteRowStore(last), file + "-wal");
        (await new SqliteRowStore(last).GetAsync(new RowAddress("t", "big", "0-0"), CancellationToken.None)).ShouldNotBeNull();
    }

    /// <summary>Writes until the log is small: the copy goes on beside the writes.</summary>
    static async Task ShrinkAsync(SqliteRowStore rows, string log)
    {
        using var limit = new CancellationTokenSource(Guard);
        for (var row = 0; new FileInfo(log).Length > UsualLogBytes; row++)
        {
            limit.Token.ThrowIfCancellationRequested();
            await rows.CommitAsync(new RowBatch("t", "small", [RowWrite.Save($"{row}", null, new byte[1])]), limit.Token);
        }
    }

    static async Task SaveAsync(SqliteRowStore rows, string key) =>
        (await rows.CommitAsync(new RowBatch("t", "big", [RowWrite.Save(key, null, Body)]), CancellationToken.None)).Committed.ShouldBeTrue();
}
