using ServerlessSync.Hosting;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Reconciliation;

public sealed class FileSortedRunDamageTests : IAsyncLifetime
{
    const string Side = "record";

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("serverlesssync-runs");
    FileSortedRunStore _store = null!;
    byte[] _sound = [];

    static CancellationToken None => CancellationToken.None;

    string One => Path.Combine(_folder.FullName, "side-record", "run-one");

    public async Task InitializeAsync()
    {
        _store = new FileSortedRunStore(_folder.FullName);
        await _store.WriteAsync(Side, "one", [new byte[40], Numbers(1), Numbers(7)], None);
        _sound = await File.ReadAllBytesAsync(One);
    }

    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Any_flipped_bit_is_found_and_nothing_damaged_is_given_out()
    {
        for (var at = 0; at < _sound.Length; at++)
        {
            foreach (var bit in Sweep.IsFull ? Enumerable.Range(0, 8) : [at % 8])
            {
                var bytes = _sound.ToArray();
                bytes[at] ^= (byte)(1 << bit);
                await RequireFoundAsync(bytes, $"byte {at}, bit {bit}");
            }
        }
    }

    [Fact]
    public async Task A_file_cut_at_any_byte_or_with_more_behind_it_is_found()
    {
        for (var length = 0; length < _sound.Length; length++)
        {
            await RequireFoundAsync(_sound[..length], $"cut at {length}");
        }

        await RequireFoundAsync([.. _sound, 0], "one byte more");
        await RequireFoundAsync([0, .. _sound], "one byte before");
        await RequireFoundAsync([.. _sound, .. _sound], "twice");
        await RequireFoundAsync(new byte[_sound.Length], "zeros");
    }

    [Fact]
    public async Task A_chunk_in_the_place_of_another_is_found()
    {
        var bytes = _sound.ToArray();
        Numbers(7).CopyTo(bytes, 40);
        Numbers(1).CopyTo(bytes, 80);

        await RequireFoundAsync(bytes, "swapped chunks");
    }

    [Fact]
    public async Task A_file_under_the_name_or_the_side_of_another_is_found()
    {
        await _store.WriteAsync(Side, "two", [Numbers(3)], None);
        await _store.WriteAsync("target", "one", [Numbers(3)], None);
        var listed = (await _store.ListAsync(Side, None))[1];

        File.Copy(One, Path.Combine(_folder.FullName, "side-record", "run-two"), overwrite: true);
        await Should.ThrowAsync<DamagedRunException>(() => ReadAsync(listed));
        File.Copy(One, Path.Combine(_folder.FullName, "side-target", "run-one"), overwrite: true);
        await Should.ThrowAsync<DamagedRunException>(() => _store.ListAsync("target", None));
    }

    [Fact]
    public async Task A_file_that_goes_between_the_listing_and_the_reading_is_missed()
    {
        var listed = (await _store.ListAsync(Side, None)).Single();
        File.Delete(One);

        (await Should.ThrowAsync<DamagedRunException>(() => ReadAsync(listed))).Message.ShouldContain("read again from the start");
    }

    [Fact]
    public async Task A_disk_that_takes_no_more_is_a_failure_of_the_store_and_leaves_no_file()
    {
        var blocked = new FileSortedRunStore(One);

        (await Should.ThrowAsync<StoreException>(() => blocked.WriteAsync(Side, "one", [Numbers(1)], None))).Failure.ShouldBe(StoreFailure.CannotPersist);
        _folder.GetFiles("*", SearchOption.AllDirectories).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_but_the_owner_may_look_into_a_folder()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(_folder.FullName, "side-record")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        (await _store.ListAsync(Side, None)).Count.ShouldBe(1);
    }

    static byte[] Numbers(int first) => [.. Enumerable.Range(first, 40).Select(number => (byte)number)];

    async Task RequireFoundAsync(byte[] bytes, string what)
    {
        await File.WriteAllBytesAsync(One, bytes);
        var read = new List<byte[]>();
        await Should.ThrowAsync<DamagedRunException>(
            async () =>
            {
                foreach (var run in await _store.ListAsync(Side, None))
                {
                    await ReadAsync(run, read);
                }
            },
            what);
        byte[][] written = [new byte[40], Numbers(1), Numbers(7)];
        read.Select(Convert.ToHexString).ShouldBe(written[..read.Count].Select(Convert.ToHexString), what);
    }

    async Task ReadAsync(SortedRun run, List<byte[]>? into = null)
    {
        await foreach (var chunk in _store.ReadAsync(run, 0, None))
        {
            into?.Add(chunk.ToArray());
        }
    }
}
