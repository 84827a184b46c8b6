using ServerlessSync.Mesh.Storage;
using Shouldly;
using Xunit;

namespace ServerlessSync.TestKit.Conformance;

/// <summary>What every row store must do: its commits.</summary>
public abstract class RowStoreConformance : IAsyncLifetime
{
    protected const string Table = "things";
    protected const string Partition = "p";

    protected IRowStore Store { get; private set; } = null!;

    protected static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync() => Store = await OpenAsync();

    public virtual Task DisposeAsync() => Task.CompletedTask;

    /// <summary>An empty store.</summary>
    protected abstract Task<IRowStore> OpenAsync();

    protected static ReadOnlyMemory<byte> Body(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    protected static string Text(Row? row) => row is null ? "(none)" : System.Text.Encoding.UTF8.GetString(row.Body.Span);

    protected ValueTask<CommitResult> Commit(params RowWrite[] writes) => Store.CommitAsync(new(Table, Partition, writes), None);

    protected ValueTask<Row?> Get(string key) => Store.GetAsync(new(Table, Partition, key), None);

    protected async Task<string> Insert(string key, string text = "x") => (await Commit(RowWrite.Insert(key, Body(text)))).ETags[0]!;

    [Fact]
    public async Task A_row_that_was_never_written_is_not_there() => (await Get("a")).ShouldBeNull();

    [Fact]
    public async Task An_inserted_row_is_read_back_with_its_etag()
    {
        var etag = await Insert("a", "one");

        var row = (await Get("a")).ShouldNotBeNull();
        (row.Partition, row.Key, Text(row), row.ETag).ShouldBe((Partition, "a", "one", etag));
    }

    [Fact]
    public async Task A_second_insert_is_a_conflict_and_changes_nothing()
    {
        await Insert("a", "one");

        (await Commit(RowWrite.Insert("a", Body("two")))).ConflictAt.ShouldBe(0);
        Text(await Get("a")).ShouldBe("one");
    }

    [Fact]
    public async Task A_replace_with_the_etag_read_commits_and_gives_another_etag()
    {
        var etag = await Insert("a", "one");

        var result = await Commit(RowWrite.Replace("a", etag, Body("two")));

        result.Committed.ShouldBeTrue();
        result.ETags.ShouldHaveSingleItem().ShouldNotBe(etag, StringComparer.Ordinal);
        Text(await Get("a")).ShouldBe("two");
    }

    [Fact]
    public async Task A_replace_with_the_same_content_gives_another_etag_too()
    {
        var etag = await Insert("a", "one");

        (await Commit(RowWrite.Put("a", Body("one")))).ETags[0].ShouldNotBe(etag, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("not an etag")]
    [InlineData("99999999999999999999")]
    public async Task A_replace_with_an_etag_never_given_is_a_conflict(string etag)
    {
        await Insert("a", "one");

        (await Commit(RowWrite.Replace("a", etag, Body("two")))).ConflictAt.ShouldBe(0);
        (await Commit(RowWrite.Delete("a", etag))).ConflictAt.ShouldBe(0);
        Text(await Get("a")).ShouldBe("one");
    }

    [Fact]
    public async Task A_replace_or_delete_of_an_absent_row_is_a_conflict()
    {
        (await Commit(RowWrite.Replace("a", "1", Body("x")))).ConflictAt.ShouldBe(0);
        (await Commit(RowWrite.Delete("a", "1"))).ConflictAt.ShouldBe(0);
        (await Get("a")).ShouldBeNull();
    }

    [Fact]
    public async Task An_old_etag_does_not_fit_a_row_deleted_and_inserted_again()
    {
        var etag = await Insert("a", "one");
        await Commit(RowWrite.Delete("a", etag));
        await Insert("a", "one");

        (await Commit(RowWrite.Replace("a", etag, Body("late")))).Committed.ShouldBeFalse();
    }

    [Fact]
    public async Task A_delete_with_the_etag_read_removes_the_row()
    {
        var etag = await Insert("a");

        var result = await Commit(RowWrite.Delete("a", etag));

        result.Committed.ShouldBeTrue();
        result.ETags.ShouldBe([null]);
        (await Get("a")).ShouldBeNull();
    }

    [Fact]
    public async Task An_unconditional_write_inserts_replaces_and_deletes_whatever_is_there()
    {
        (await Commit(RowWrite.Delete("a"))).Committed.ShouldBeTrue();
        (await Commit(RowWrite.Put("a", Body("one")))).Committed.ShouldBeTrue();
        (await Commit(RowWrite.Put("a", Body("two")))).Committed.ShouldBeTrue();
        Text(await Get("a")).ShouldBe("two");
        (await Commit(RowWrite.Delete("a"))).Committed.ShouldBeTrue();
        (await Get("a")).ShouldBeNull();
    }

    [Fact]
    public async Task A_batch_names_the_first_write_whose_condition_failed_and_stores_none()
    {
        await Insert("c", "one");

        var result = await Commit(RowWrite.Put("a", Body("x")), RowWrite.Insert("b", Body("x")), RowWrite.Insert("c", Body("x")), RowWrite.Replace("d", "1", Body("x")));

        result.ConflictAt.ShouldBe(2);
        result.ETags.ShouldBeEmpty();
        (Text(await Get("a")), Text(await Get("b")), Text(await Get("c"))).ShouldBe(("(none)", "(none)", "one"));
    }

    [Fact]
    public async Task A_batch_of_every_kind_commits_whole_with_one_etag_for_each_write()
    {
        var replaced = await Insert("replaced");
        var deleted = await Insert("deleted");

        var result = await Commit(
            RowWrite.Insert("inserted", Body("1")), RowWrite.Replace("replaced", replaced, Body("2")), RowWrite.Delete("deleted", deleted), RowWrite.Put("put", Body("3")));

        result.ETags.Select(etag => etag is null).ShouldBe([false, false, true, false]);
        (await Get("put")).ShouldNotBeNull().ETag.ShouldBe(result.ETags[3]);
        (Text(await Get("inserted")), Text(await Get("replaced")), Text(await Get("deleted"))).ShouldBe(("1", "2", "(none)"));
    }

    [Fact]
    public async Task The_same_key_in_another_table_or_partition_is_another_row()
    {
        await Insert("a", "one");
        await Store.CommitAsync(new("other", Partition, RowWrite.Insert("a", Body("two"))), None);
        await Store.CommitAsync(new(Table, "P", RowWrite.Insert("a", Body("three"))), None);
        await Insert("A", "four");

        Text(await Get("a")).ShouldBe("one");
        Text(await Store.GetAsync(new("other", Partition, "a"), None)).ShouldBe("two");
        Text(await Store.GetAsync(new(Table, "P", "a"), None)).ShouldBe("three");
        Text(await Get("A")).ShouldBe("four");
    }

    [Fact]
    public async Task Bodies_of_no_bytes_and_of_the_most_bytes_are_kept()
    {
        var most = new byte[StoreLimits.RowBytes];
        new Random(7).NextBytes(most);
        await Commit(RowWrite.Insert("empty", ReadOnlyMemory<byte>.Empty), RowWrite.Insert("most", most));

        (await Get("empty")).ShouldNotBeNull().Body.Length.ShouldBe(0);
        (await Get("most")).ShouldNotBeNull().Body.Span.SequenceEqual(most).ShouldBeTrue();
    }

    [Fact]
    public async Task What_the_caller_does_with_its_buffer_after_the_commit_changes_no_row()
    {
        var buffer = "one"u8.ToArray();
        await Commit(RowWrite.Insert("a", buffer));
        buffer[0] = (byte)'X';

        Text(await Get("a")).ShouldBe("one");
    }

    [Fact]
    public async Task A_batch_of_the_most_rows_commits_and_one_of_more_cannot_be_made()
    {
        var most = Enumerable.Range(0, StoreLimits.BatchRows).Select(i => RowWrite.Insert($"k{i:000}", Body("x"))).ToArray();

        (await Commit(most)).Committed.ShouldBeTrue();
        Should.Throw<ArgumentException>(() => new RowBatch(Table, Partition, [.. most, RowWrite.Insert("more", Body("x"))]));
        Should.Throw<ArgumentException>(() => new RowBatch(Table, Partition, RowWrite.Insert("a", new byte[StoreLimits.RowBytes + 1])));
        var large = Enumerable.Range(0, (StoreLimits.BatchBytes / StoreLimits.RowBytes) + 1).Select(i => RowWrite.Insert($"k{i}", new byte[StoreLimits.RowBytes]));
        Should.Throw<ArgumentException>(() => new RowBatch(Table, Partition, [.. large]));
    }

    [Fact]
    public async Task Keys_at_the_edges_are_kept_exactly()
    {
        string[] keys = ["~", " ", "'; DROP TABLE rows --", "ä\u0308\uffff", new('k', StoreLimits.KeyChars), "\ue000"];
        await Commit([.. keys.Select(key => RowWrite.Insert(key, Body(key)))]);

        foreach (var key in keys)
        {
            Text(await Get(key)).ShouldBe(key);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\u0085b")]
    public async Task Hostile_keys_are_refused_in_a_batch_and_name_no_row(string key)
    {
        Should.Throw<ArgumentException>(() => RowBatchWith(key));
        (await Get(key)).ShouldBeNull();
    }

    [Fact]
    public async Task Lone_surrogates_are_refused_and_are_not_taken_for_the_replacement_character()
    {
        await Insert("\ufffd");

        Should.Throw<ArgumentException>(() => RowBatchWith("\ud800"));
        (await Get("\ud800")).ShouldBeNull();
    }

    [Fact]
    public async Task Of_many_writers_with_the_same_etag_exactly_one_wins_each_round()
    {
        string? etag = await Insert("a");
        for (var round = 0; round < 20; round++)
        {
            var read = etag.ShouldNotBeNull();
            var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(i =>
                Task.Run(async () => await Commit(RowWrite.Replace("a", read, Body($"{i}"))))));

            etag = results.Where(r => r.Committed).ShouldHaveSingleItem().ETags[0];
        }
    }

    [Fact]
    public async Task Increments_of_many_writers_who_try_again_are_all_counted()
    {
        await Insert("count", "0");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < 25;)
            {
                var row = (await Get("count"))!;
                var next = int.Parse(Text(row), System.Globalization.CultureInfo.InvariantCulture) + 1;
                done += (await Commit(RowWrite.Replace("count", row.ETag, Body($"{next}")))).Committed ? 1 : 0;
            }
        })));

        Text(await Get("count")).ShouldBe("200");
    }

    [Fact]
    public async Task A_cancelled_call_throws_and_stores_nothing()
    {
        var cancelled = new CancellationToken(canceled: true);

        await Should.ThrowAsync<OperationCanceledException>(async () => await Store.CommitAsync(new(Table, Partition, RowWrite.Insert("a", Body("x"))), cancelled));
        await Should.ThrowAsync<OperationCanceledException>(async () => await Store.GetAsync(new(Table, Partition, "a"), cancelled));
        (await Get("a")).ShouldBeNull();
    }

    static RowBatch RowBatchWith(string key) => new(Table, Partition, RowWrite.Insert(key, Body("x")));
}
