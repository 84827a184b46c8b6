using System.Text;
using ServerlessSync.Mesh.Storage;
using Shouldly;

namespace ServerlessSync.Storage.Sqlite.Tests;

public sealed class SqliteFileTests : IDisposable
{
    readonly TempFolder _folder = new();

    static CancellationToken None => CancellationToken.None;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_opened_again_has_everything_and_gives_no_etag_twice()
    {
        var etags = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 3; i++)
        {
            await using var database = _folder.Open();
            var store = new SqliteRowStore(database);
            var deleted = await store.CommitAsync(new("t", "p", RowWrite.Insert("same", new byte[1])), None);
            etags.Add(deleted.ETags[0]!).ShouldBeTrue();
            await store.CommitAsync(new("t", "p", RowWrite.Delete("same", deleted.ETags[0]!), RowWrite.Insert($"k{i}", new byte[i])), None);
        }

        await using var last = _folder.Open();
        for (var i = 0; i < 3; i++)
        {
            (await new SqliteRowStore(last).GetAsync(new("t", "p", $"k{i}"), None)).ShouldNotBeNull().Body.Length.ShouldBe(i);
        }
    }

    [Fact]
    public async Task A_stop_stores_everything_that_was_taken_and_leaves_one_file()
    {
        var database = _folder.Open();
        var store = new SqliteRowStore(database);
        var writes = Enumerable.Range(0, 2000).Select(i => store.CommitAsync(new("t", $"p{i}", RowWrite.Insert("k", new byte[100])), None).AsTask()).ToArray();
        await database.DisposeAsync();
        await database.DisposeAsync();

        (await Task.WhenAll(writes)).ShouldAllBe(result => result.Committed);
        Directory.GetFiles(Path.GetDirectoryName(_folder.File)!).ShouldBe([_folder.File]);
    }

    [Fact]
    public async Task After_a_stop_every_call_says_that_the_file_is_closed()
    {
        var database = _folder.Open();
        var store = new SqliteRowStore(database);
        await database.DisposeAsync();

        await ShouldFail(async () => await store.CommitAsync(new("t", "p", RowWrite.Put("k", new byte[1])), None), StoreFailure.Unavailable);
        await ShouldFail(async () => await store.GetAsync(new("t", "p", "k"), None), StoreFailure.Unavailable);
    }

    [Fact]
    public async Task Once_a_write_could_not_be_made_durable_no_other_is_acknowledged_and_reads_go_on()
    {
        await using var database = SqliteDatabase.Open(new(_folder.File) { MaxBytes = 300_000 });
        var store = new SqliteRowStore(database);
        (await store.CommitAsync(new("t", "p", RowWrite.Insert("small", new byte[100])), None)).Committed.ShouldBeTrue();

        await ShouldFail(async () => await store.CommitAsync(new("t", "p", RowWrite.Insert("large", new byte[500_000])), None), StoreFailure.CannotPersist);
        await ShouldFail(async () => await store.CommitAsync(new("t", "p", RowWrite.Insert("next", new byte[1])), None), StoreFailure.CannotPersist);
        (await store.GetAsync(new("t", "p", "small"), None)).ShouldNotBeNull();
        (await store.GetAsync(new("t", "p", "large"), None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_damaged_page_is_refused_at_open_with_file_and_remedy_named()
    {
        await Fill();
        await using (var file = File.OpenWrite(_folder.File))
        {
            file.Position = file.Length / 2;
            file.Write(Enumerable.Repeat((byte)0xA5, 8192).ToArray());
        }

        ShouldBeRefused();
    }

    [Fact]
    public async Task A_file_cut_short_is_refused_at_open()
    {
        await Fill();
        await using (var file = File.OpenWrite(_folder.File))
        {
            file.SetLength(file.Length / 2);
        }

        ShouldBeRefused();
    }

    [Fact]
    public void A_file_of_another_kind_is_refused_and_left_as_it_was()
    {
        File.WriteAllText(_folder.File, new string('x', 10_000));

        ShouldBeRefused();
        File.ReadAllText(_folder.File).ShouldBe(new string('x', 10_000));
    }

    [Fact]
    public async Task A_file_of_a_later_schema_is_refused()
    {
        await _folder.Open().DisposeAsync();
        await using (var file = File.OpenWrite(_folder.File))
        {
            // The user version lies at 60 in the header, big endian.
            file.Position = 63;
            file.WriteByte(9);
        }

        Should.Throw<StoreException>(_folder.Open).Message.ShouldContain("schema 9");
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        File.WriteAllText(_folder.File, string.Empty);

        var failure = Should.Throw<StoreException>(() => SqliteDatabase.Open(new(Path.Combine(_folder.File, "below.db"))));
        failure.Failure.ShouldBe(StoreFailure.Unavailable);
        failure.Message.ShouldContain("below.db");
    }

    [Fact]
    public async Task The_file_and_its_log_are_for_their_owner_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await using var database = _folder.Open();
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(_folder.File)!))
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    static async Task ShouldFail(Func<Task> call, StoreFailure failure) =>
        (await Should.ThrowAsync<StoreException>(call)).Failure.ShouldBe(failure);

    async Task Fill()
    {
        await using var database = _folder.Open();
        var store = new SqliteRowStore(database);
        for (var i = 0; i < 100; i++)
        {
            await store.CommitAsync(new("t", "p", RowWrite.Insert($"k{i}", Encoding.UTF8.GetBytes(new string('b', 900)))), None);
        }
    }

    void ShouldBeRefused()
    {
        var refusal = Should.Throw<StoreException>(_folder.Open);
        refusal.Failure.ShouldBe(StoreFailure.Corrupt);
        refusal.Message.ShouldContain(_folder.File);
        refusal.Message.ShouldContain("restore the last backup");
    }
}
