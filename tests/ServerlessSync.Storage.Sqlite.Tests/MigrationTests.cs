using System.Diagnostics;
using System.Globalization;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using Shouldly;

namespace ServerlessSync.Storage.Sqlite.Tests;

/// <summary>A file of schema 1 becomes one of schema 2 when it is opened, or stays what it was.</summary>
public sealed class MigrationTests : IDisposable
{
    const int PageBytes = 4096;

    readonly TempFolder _folder = new();
    readonly IReadOnlyList<string> _before;

    public MigrationTests()
    {
        SchemaOne.Create(_folder.File);
        _before = SchemaOne.Read(_folder.File);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_of_schema_1_is_carried_over_whole_and_goes_on()
    {
        await using (var database = _folder.Open())
        {
            var image = await StoreImage.ReadAsync(database);
            image.ShouldNotContain(line => line.Contains(StoreImage.Damaged, StringComparison.Ordinal));
            image.Count.ShouldBe(61 + 4 + 3);
            var rows = new SqliteRowStore(database);
            var read = (await rows.GetAsync(new("things", "p1", "k001"), CancellationToken.None)).ShouldNotBeNull();
            (await rows.CommitAsync(new("things", "p1", RowWrite.Replace("k001", read.ETag, read.Body)), CancellationToken.None)).ETags.ShouldBe(["1000001"]);
        }

        ShouldBeWholeAs("2", "things p1 k001 ", "1000000", "2000000");
    }

    [Fact]
    public async Task Stopped_for_want_of_room_at_any_page_the_file_stays_as_it_was_and_is_carried_over_later()
    {
        var pages = (int)(new FileInfo(_folder.File).Length / PageBytes);
        var failures = 0;
        for (var most = pages; !await OpensAsync(most); most++)
        {
            ShouldBeWholeAs("1");
            failures++;
        }

        failures.ShouldBeGreaterThan(10);
        ShouldBeWholeAs("2");
    }

    [Fact]
    public async Task Killed_at_any_write_the_file_is_of_the_one_schema_or_the_other_and_whole()
    {
        var original = await File.ReadAllBytesAsync(_folder.File);
        var (kills, carried) = (0, 0);
        foreach (var write in Writes())
        {
            await File.WriteAllBytesAsync(_folder.File, original);
            if (!await OpenKilledAtAsync(write))
            {
                break;
            }

            kills++;
            var version = SchemaOne.Version(_folder.File);
            carried += version == "2" ? 1 : 0;
            ShouldBeWholeAs(version);
            await _folder.Open().DisposeAsync();
            ShouldBeWholeAs("2");
        }

        Progress.Show(FormattableString.Invariant($"schema migration: {kills} kills at a write, {carried} of them after it was done"));
        kills.ShouldBeGreaterThan(2);
    }

    [Fact]
    public void A_file_that_a_living_host_holds_is_not_carried_over()
    {
        var me = ProcessIdentity.Current();
        FileSql.Run(_folder.File, FormattableString.Invariant($"UPDATE lease SET machine = '{me.Machine}', pid = {me.ProcessId}, start = {me.ProcessStart}"));

        var refusal = Should.Throw<StoreException>(_folder.Open);

        refusal.Message.ShouldContain(FormattableString.Invariant($"process {me.ProcessId}"));
        ShouldBeWholeAs("1");
    }

    [Fact]
    public async Task A_file_whose_host_died_is_carried_over()
    {
        FileSql.Run(_folder.File, FormattableString.Invariant($"UPDATE lease SET machine = '{ProcessIdentity.Current().Machine}', pid = 0, start = 5"));

        await _folder.Open().DisposeAsync();

        ShouldBeWholeAs("2");
    }

    /// <summary>Which write of the child is its last: every one in full.</summary>
    static IEnumerable<int> Writes() => Sweep.IsFull ? Enumerable.Range(1, 10_000) : [1, 12, 40, 77];

    void ShouldBeWholeAs(string version, params string[] changed)
    {
        SchemaOne.Version(_folder.File).ShouldBe(version);
        SchemaOne.Read(_folder.File).Where(IsMeant).ShouldBe(_before.Where(IsMeant));

        bool IsMeant(string line) => !changed.Any(start => line.StartsWith(start, StringComparison.Ordinal));
    }

    async Task<bool> OpensAsync(int mostPages)
    {
        try
        {
            await SqliteDatabase.Open(new(_folder.File) { MaxBytes = (long)mostPages * PageBytes }).DisposeAsync();
            return true;
        }
        catch (StoreException e)
        {
            e.Failure.ShouldBe(StoreFailure.CannotPersist);
            return false;
        }
    }

    /// <summary>Opens the file in a process that the kernel kills as it makes the nth write to it; false when it made fewer.</summary>
    async Task<bool> OpenKilledAtAsync(int write)
    {
        string[] words =
        [
            "-f", "-qqq", "-o", "/dev/null", "-P", _folder.File, "-P", _folder.File + "-wal",
            "-e", "trace=pwrite64", "-e", string.Create(CultureInfo.InvariantCulture, $"inject=pwrite64:signal=KILL:when={write}"),
            "dotnet", typeof(MigrationTests).Assembly.Location, _folder.File,
        ];
        using var child = Process.Start(new ProcessStartInfo("strace", words)).ShouldNotBeNull();
        await child.WaitForExitAsync();
        return child.ExitCode != 0;
    }
}
