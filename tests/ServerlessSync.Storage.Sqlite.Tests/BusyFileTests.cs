using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using Shouldly;
using SQLitePCL;

namespace ServerlessSync.Storage.Sqlite.Tests;

/// <summary>A file that another process holds in the middle of a write, as a host does that was stopped there.</summary>
public sealed class BusyFileTests : IDisposable
{
    static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(30);
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Opening_a_busy_file_says_why_waits_and_succeeds_when_the_other_has_ended()
    {
        await _folder.Open().DisposeAsync();
        var reasons = new List<string>();
        using var other = Hold();

        await using var database = await SqliteDatabase.OpenWhenFreeAsync(
            new(_folder.File),
            reason =>
            {
                reasons.Add(reason);
                LetGo(other);
            },
            CancellationToken.None);

        reasons.ShouldHaveSingleItem().ShouldContain("in the middle of a write");
        await new SqliteRowStore(database).CommitAsync(new("t", "p", RowWrite.Put("k", new byte[1])), CancellationToken.None);
    }

    [Fact]
    public async Task A_wait_for_a_busy_file_ends_when_it_is_told_to()
    {
        await _folder.Open().DisposeAsync();
        using var other = Hold();
        using var stop = new CancellationTokenSource();

        await Should.ThrowAsync<OperationCanceledException>(() => SqliteDatabase.OpenWhenFreeAsync(new(_folder.File), _ => stop.Cancel(), stop.Token));
    }

    [Fact]
    public async Task The_lease_is_taken_when_the_file_that_was_busy_is_free_again()
    {
        var clock = new FakeTimeProvider();
        await using var database = _folder.Open();
        using var other = Hold();
        var taking = new SqliteWorkflowHistory(database, clock).AcquireAsync(ProcessIdentity.Current(), LeaseTime, CancellationToken.None);
        await Task.WhenAny(taking, clock.WaitForTimerAsync(LeaseTime, CancellationToken.None));
        taking.IsCompleted.ShouldBeFalse();

        LetGo(other);
        clock.Advance(LeaseTime);
        await taking;
    }

    sqlite3 Hold()
    {
        raw.sqlite3_open(_folder.File, out var connection).ShouldBe(raw.SQLITE_OK);
        raw.sqlite3_exec(connection, "BEGIN IMMEDIATE").ShouldBe(raw.SQLITE_OK);
        return connection;
    }

    static void LetGo(sqlite3 connection) => raw.sqlite3_exec(connection, "ROLLBACK").ShouldBe(raw.SQLITE_OK);
}
