using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using Shouldly;
using Xunit;

namespace ServerlessSync.TestKit.Conformance;

/// <summary>What every store of sorted runs must do.</summary>
public abstract class SortedRunStoreConformance : IAsyncLifetime
{
    const string Side = "r1/accounts";

    ISortedRunStore _store = null!;

    static CancellationToken None => CancellationToken.None;

    public virtual async Task InitializeAsync() => _store = await OpenAsync();

    public virtual Task DisposeAsync() => Task.CompletedTask;

    /// <summary>An empty store.</summary>
    protected abstract Task<ISortedRunStore> OpenAsync();

    /// <summary>Another store on the same place, as after a restart.</summary>
    protected abstract ISortedRunStore Reopen();

    /// <summary>How many things the store still holds, whatever they are.</summary>
    protected abstract Task<int> LeftAsync();

    /// <summary>Changes stored bytes of a chunk of a run behind the store's back.</summary>
    protected abstract Task DamageAsync(string side, string run, int chunk);

    [Fact]
    public async Task A_run_is_read_as_it_was_written_also_after_a_restart()
    {
        byte[][] chunks = [Chunk(1, 1), Chunk(2, ImageSize), Chunk(3, StoreLimits.RowBytes), Chunk(4, 100)];
        await _store.WriteAsync(Side, "one", Give(chunks), None);

        var run = (await Reopen().ListAsync(Side, None)).ShouldHaveSingleItem();

        (run.Side, run.Name, run.Chunks, run.Bytes).ShouldBe((Side, "one", 4, chunks.Sum(chunk => (long)chunk.Length)));
        (await ReadAsync(Reopen(), run, 0)).ShouldBe(chunks);
    }

    [Fact]
    public async Task A_run_is_read_from_any_chunk_on_and_has_none_behind_the_last()
    {
        byte[][] chunks = [.. Enumerable.Range(0, 9).Select(number => Chunk(number, 10 + number))];
        var run = await WriteAsync("one", chunks);

        for (var from = 0; from <= chunks.Length; from++)
        {
            (await ReadAsync(_store, run, from)).ShouldBe(chunks[from..]);
        }
    }

    [Fact]
    public async Task Runs_are_listed_by_name_in_ordinal_order_and_each_with_its_side()
    {
        string[] names = ["b", "a/1", "..", "B", "a", new('x', 300), "a!1", "ä", ""];
        foreach (var name in names)
        {
            await _store.WriteAsync(Side, name, Give(Chunk(1, 10)), None);
            await _store.WriteAsync(Side + "!a", name + "2", Give(Chunk(2, 10)), None);
        }

        (await _store.ListAsync(Side, None)).Select(run => run.Name).ShouldBe(names.Order(StringComparer.Ordinal));
        (await _store.ListAsync(Side + "!a", None)).Select(run => run.Name).ShouldBe(names.Select(name => name + "2").Order(StringComparer.Ordinal));
        (await _store.ListAsync("..", None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_without_chunks_is_a_run()
    {
        var run = await WriteAsync("none");

        (run.Chunks, run.Bytes).ShouldBe((0, 0));
        (await ReadAsync(_store, run, 0)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(5, 2)]
    [InlineData(2, 5)]
    [InlineData(3, 0)]
    public async Task A_run_written_again_is_replaced_whole(int before, int after)
    {
        byte[][] chunks = [.. Enumerable.Range(0, after).Select(number => Chunk(100 + number, 50))];
        await WriteAsync("one", [.. Enumerable.Range(0, before).Select(number => Chunk(number, 60))]);
        var run = await WriteAsync("one", chunks);

        run.Chunks.ShouldBe(after);
        (await ReadAsync(_store, run, 0)).ShouldBe(chunks);
        (await LeftAsync()).ShouldBe(await LeftOfAsync(chunks));
    }

    [Fact]
    public async Task A_run_written_anew_since_it_was_listed_is_not_taken_for_the_one_that_was()
    {
        var listed = await WriteAsync("one", Chunk(1, 50), Chunk(2, 50));
        await WriteAsync("one", Chunk(1, 50), Chunk(3, 50));

        var thrown = await Should.ThrowAsync<DamagedRunException>(() => ReadAsync(_store, listed, 0));

        (thrown.Side, thrown.Run).ShouldBe((Side, "one"));
        thrown.Message.ShouldContain("read again from the start");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_write_that_fails_midway_leaves_no_run_and_can_be_repeated(bool wasThere)
    {
        if (wasThere)
        {
            await WriteAsync("one", [.. Enumerable.Range(0, 30).Select(number => Chunk(number, 200_000))]);
        }

        await Should.ThrowAsync<TimeoutException>(() => _store.WriteAsync(Side, "one", Failing(20), None));
        (await Reopen().ListAsync(Side, None)).ShouldBeEmpty();

        var run = await WriteAsync("one", Chunk(7, 20));
        (await ReadAsync(_store, run, 0)).ShouldBe([Chunk(7, 20)]);
        (await LeftAsync()).ShouldBe(await LeftOfAsync([Chunk(7, 20)]));
    }

    [Fact]
    public async Task A_side_is_dropped_with_everything_and_the_others_stay()
    {
        await WriteAsync("one", [.. Enumerable.Range(0, 230).Select(number => Chunk(number, 20))]);
        await WriteAsync("two", Chunk(1, 20));
        await Should.ThrowAsync<TimeoutException>(() => _store.WriteAsync(Side, "dead", Failing(20), None));
        await _store.WriteAsync("other", "one", Give(Chunk(5, 20)), None);
        var other = await LeftOfAsync([Chunk(5, 20)]);

        await _store.DropAsync(Side, None);
        await _store.DropAsync(Side, None);

        (await _store.ListAsync(Side, None)).ShouldBeEmpty();
        (await LeftAsync()).ShouldBe(other);
        (await ReadAsync(_store, (await _store.ListAsync("other", None)).Single(), 0)).ShouldBe([Chunk(5, 20)]);
    }

    [Fact]
    public async Task A_run_that_was_dropped_meanwhile_is_gone_and_says_so()
    {
        var run = await WriteAsync("one", Chunk(1, 50));
        await _store.DropAsync(Side, None);

        (await Should.ThrowAsync<DamagedRunException>(() => ReadAsync(_store, run, 0))).Message.ShouldContain("gone");
    }

    [Fact]
    public async Task A_damaged_chunk_is_named_and_never_given_out_and_a_drop_still_deletes_it()
    {
        byte[][] chunks = [Chunk(1, 50), Chunk(2, 50), Chunk(3, 50)];
        var run = await WriteAsync("one", chunks);
        await DamageAsync(Side, "one", 1);

        var given = new List<byte[]>();
        var thrown = await Should.ThrowAsync<DamagedRunException>(() => ReadAsync(_store, run, 0, given));

        (thrown.Side, thrown.Run, thrown.Chunk).ShouldBe((Side, "one", 1));
        given.ShouldBe([chunks[0]]);
        await _store.DropAsync(Side, None);
        (await LeftAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_chunk_that_is_empty_or_larger_than_a_row_is_refused()
    {
        await Should.ThrowAsync<ArgumentException>(() => _store.WriteAsync(Side, "one", Give(Chunk(1, 5), []), None));
        (await Should.ThrowAsync<ArgumentException>(() => _store.WriteAsync(Side, "one", Give(Chunk(1, StoreLimits.RowBytes + 1)), None)))
            .Message.ShouldContain("768000");
        (await _store.ListAsync(Side, None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reader_that_stops_early_leaves_the_run_to_others()
    {
        byte[][] chunks = [.. Enumerable.Range(0, 20).Select(number => Chunk(number, 5000))];
        var run = await WriteAsync("one", chunks);
        for (var i = 0; i < 20; i++)
        {
            await foreach (var chunk in _store.ReadAsync(run, i, None))
            {
                chunk.ToArray().ShouldBe(chunks[i]);
                break;
            }
        }

        (await ReadAsync(_store, run, 0)).ShouldBe(chunks);
    }

    const int ImageSize = 256 * 1024;

    static byte[] Chunk(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    // One buffer for all, as a batch gives them.
    static IEnumerable<ReadOnlyMemory<byte>> Give(params byte[][] chunks)
    {
        var buffer = new byte[StoreLimits.RowBytes + 1];
        foreach (var chunk in chunks)
        {
            chunk.CopyTo(buffer, 0);
            yield return buffer.AsMemory(0, chunk.Length);
        }
    }

    static IEnumerable<ReadOnlyMemory<byte>> Failing(int after)
    {
        for (var number = 0; number < after; number++)
        {
            yield return Chunk(500 + number, 200_000);
        }

        throw new TimeoutException("the source went away");
    }

    static async Task<List<byte[]>> ReadAsync(ISortedRunStore store, SortedRun run, int from, List<byte[]>? into = null)
    {
        var chunks = into ?? [];
        await foreach (var chunk in store.ReadAsync(run, from, None))
        {
            chunks.Add(chunk.ToArray());
        }

        return chunks;
    }

    async Task<SortedRun> WriteAsync(string name, params byte[][] chunks)
    {
        await _store.WriteAsync(Side, name, Give(chunks), None);
        return (await _store.ListAsync(Side, None)).Single(run => run.Name == name);
    }

    // What one run of these chunks takes: measured where nothing else is.
    async Task<int> LeftOfAsync(byte[][] chunks)
    {
        var before = await LeftAsync();
        await _store.WriteAsync("measured", "one", Give(chunks), None);
        var after = await LeftAsync();
        await _store.DropAsync("measured", None);
        return after - before;
    }
}
