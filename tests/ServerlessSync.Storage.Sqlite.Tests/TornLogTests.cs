using ServerlessSync.TestKit;
using Shouldly;

namespace ServerlessSync.Storage.Sqlite.Tests;

/// <summary>The write-ahead log of a host that died, cut at any byte or with other bytes behind it.</summary>
public sealed class TornLogTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_torn_log_opens_at_the_last_whole_commit_with_all_before_it_and_none_invented(bool followed)
    {
        var commits = await WriteAsync();
        var log = await File.ReadAllBytesAsync(Copy + "-wal");
        var file = await File.ReadAllBytesAsync(Copy);
        var tried = 0;
        foreach (var length in Cuts(log.Length, commits, everyByte: Sweep.IsFull && !followed))
        {
            await File.WriteAllBytesAsync(Copy, file);
            await File.WriteAllBytesAsync(Copy + "-wal", followed ? [.. log[..length], .. log[length..].Select(b => (byte)~b)] : log[..length]);
            await using (var database = SqliteDatabase.Open(new(Copy) { Readers = 1 }))
            {
                (await StoreImage.ReadAsync(database)).ShouldBe(commits.Last(c => c.Length <= length).Image, $"log cut at byte {length} of {log.Length}");
            }

            tried++;
        }

        Progress.Show(FormattableString.Invariant($"torn log ({(followed ? "followed by other bytes" : "cut")}): {tried} cuts over {log.Length} bytes and {commits.Count} commits"));
    }

    string Copy => Path.Combine(Path.GetDirectoryName(_folder.File)!, "copy.db");

    /// <summary>Every byte; else the bytes around the end of each commit and some between them.</summary>
    static IEnumerable<int> Cuts(int length, IReadOnlyList<Commit> commits, bool everyByte)
    {
#pragma warning disable CA5394 // A seed must give the same run again.
        var random = new Random(Sweep.Seed(otherwise: 5));
        return everyByte
            ? Enumerable.Range(0, length + 1)
            : commits.SelectMany(c => (int[])[c.Length - 1, c.Length, c.Length + 1]).Where(at => at >= 0 && at <= length)
                .Concat(Enumerable.Range(0, Sweep.Pick(60, 3000)).Select(_ => random.Next(length + 1)));
#pragma warning restore CA5394
    }

    /// <summary>Fills a store and copies its file and log as they lie when everything was acknowledged.</summary>
    async Task<IReadOnlyList<Commit>> WriteAsync()
    {
        // The tables are in the file, so that a log cut to nothing still leaves a store.
        await _folder.Open().DisposeAsync();
        await using var database = _folder.Open();
        var commits = new List<Commit> { new(0, await StoreImage.ReadAsync(database)) };
        await StoreImage.FillAsync(database, async () =>
            commits.Add(new((int)new FileInfo(_folder.File + "-wal").Length, await StoreImage.ReadAsync(database))));
        File.Copy(_folder.File, Copy);
        File.Copy(_folder.File + "-wal", Copy + "-wal");
        return commits;
    }

    /// <summary>How long the log was and what the store held when a commit had been acknowledged.</summary>
    sealed record Commit(int Length, IReadOnlyList<string> Image);
}
