using ServerlessSync.Mesh.Storage;
using Shouldly;

namespace ServerlessSync.Storage.Tables.Tests;

/// <summary>A write whose first answer was lost is answered as what it was.</summary>
public sealed class LostAnswerTests : IClassFixture<AzuriteFixture>, IDisposable
{
    readonly RacingHandler _network = new();
    readonly TablesRowStore _store;
    readonly TablesRowStore _other;

    public LostAnswerTests(AzuriteFixture azurite)
    {
        var options = azurite.NewOptions() with { RetryDelay = TimeSpan.FromMilliseconds(1) };
        _store = new TablesRowStore(options, _network, TimeProvider.System);
        _other = new TablesRowStore(options);
    }

    public static TheoryData<string> Writes => ["insert", "replace", "delete with another", "put", "batch"];

    public void Dispose()
    {
        _store.Dispose();
        _other.Dispose();
        _network.Dispose();
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_commit_whose_answer_was_lost_is_answered_as_committed_with_etags_that_fit(string kind)
    {
        var writes = await WritesOf(kind);
        _network.LoseNext(withEffect: true, () => Task.CompletedTask);

        var result = await Commit(_store, writes);

        result.Committed.ShouldBeTrue();
        for (var i = 0; i < writes.Length; i++)
        {
            (await Get(writes[i].Key))?.ETag.ShouldBe(result.ETags[i]);
            ((await Get(writes[i].Key)) is null).ShouldBe(writes[i].Body is null);
        }
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_commit_whose_request_was_lost_is_carried_out_once(string kind)
    {
        var writes = await WritesOf(kind);
        _network.LoseNext(withEffect: false, () => Task.CompletedTask);

        (await Commit(_store, writes)).Committed.ShouldBeTrue();
    }

    [Theory]
    [InlineData("insert")]
    [InlineData("replace")]
    [InlineData("delete with another")]
    [InlineData("batch")]
    public async Task A_commit_whose_request_was_lost_and_whom_another_writer_overtook_is_a_conflict(string kind)
    {
        var writes = await WritesOf(kind);
        _network.LoseNext(withEffect: false, () => Overtake(writes[^1]));

        (await Commit(_store, writes)).ConflictAt.ShouldBe(writes.Length - 1);
        Text(await Get(writes[^1].Key)).ShouldBe("theirs");
    }

    [Theory]
    [InlineData("insert", 1)]
    [InlineData("replace", 1)]
    [InlineData("batch", 1)]
    [InlineData("replace", 6)]
    public async Task A_commit_that_others_have_written_over_before_its_answer_was_missed_is_still_answered_as_committed(string kind, int times)
    {
        var writes = await WritesOf(kind);
        _network.LoseNext(withEffect: true, () => WriteOver(writes[^1].Key, times));

        var result = await Commit(_store, writes);

        result.Committed.ShouldBeTrue();
        (await Commit(_store, RowWrite.Replace(writes[^1].Key, result.ETags[^1]!, Body("late")))).Committed.ShouldBeFalse();
        Text(await Get(writes[^1].Key)).ShouldBe("theirs");
    }

    [Fact]
    public async Task Where_no_row_tells_any_more_the_outcome_is_not_guessed()
    {
        var etag = await Insert("a");
        _network.LoseNext(withEffect: true, () => Task.CompletedTask);

        var failure = await Should.ThrowAsync<StoreException>(() => Commit(_store, RowWrite.Delete("a", etag)));

        failure.Failure.ShouldBe(StoreFailure.Unavailable);
    }

    [Fact]
    public async Task An_unconditional_delete_is_done_when_the_row_is_gone_whoever_deleted_it()
    {
        await Insert("a");
        _network.LoseNext(withEffect: true, () => Task.CompletedTask);

        (await Commit(_store, RowWrite.Delete("a"))).Committed.ShouldBeTrue();
    }

    [Fact]
    public async Task An_unconditional_batch_whose_request_was_lost_is_carried_out_also_where_there_is_nothing_to_delete()
    {
        await Insert("a");
        _network.LoseNext(withEffect: false, () => Task.CompletedTask);

        (await Commit(_store, RowWrite.Put("a", Body("ours")), RowWrite.Delete("absent"))).Committed.ShouldBeTrue();
        Text(await Get("a")).ShouldBe("ours");
    }

    [Fact]
    public async Task Of_a_batch_with_unconditional_deletes_of_absent_rows_the_rest_is_committed()
    {
        var result = await Commit(_store, RowWrite.Delete("absent"), RowWrite.Insert("a", Body("one")), RowWrite.Delete("gone"), RowWrite.Insert("b", Body("two")));

        result.ETags.Select(etag => etag is null).ShouldBe([true, false, true, false]);
        (Text(await Get("a")), Text(await Get("b"))).ShouldBe(("one", "two"));
        (await Commit(_store, RowWrite.Delete("absent"), RowWrite.Insert("c", Body("x")), RowWrite.Insert("a", Body("x")))).ConflictAt.ShouldBe(2);
    }

    static ReadOnlyMemory<byte> Body(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    static string Text(Row? row) => row is null ? "(none)" : System.Text.Encoding.UTF8.GetString(row.Body.Span);

    static async Task<CommitResult> Commit(TablesRowStore store, params RowWrite[] writes) =>
        await store.CommitAsync(new RowBatch("things", "p", writes), CancellationToken.None);

    async Task<Row?> Get(string key) => await _other.GetAsync(new RowAddress("things", "p", key), CancellationToken.None);

    async Task<string> Insert(string key) => (await Commit(_other, RowWrite.Insert(key, Body("before")))).ETags[0]!;

    async Task<RowWrite[]> WritesOf(string kind)
    {
        var etag = await Insert("old");
        return kind switch
        {
            "insert" => [RowWrite.Insert("new", Body("ours"))],
            "replace" => [RowWrite.Replace("old", etag, Body("ours"))],
            "delete with another" => [RowWrite.Insert("new", Body("ours")), RowWrite.Delete("old", etag)],
            "put" => [RowWrite.Put("old", Body("ours"))],
            _ => [RowWrite.Insert("new", Body("ours")), RowWrite.Put("third", Body("ours")), RowWrite.Replace("old", etag, Body("ours"))],
        };
    }

    Task<CommitResult> Overtake(RowWrite write) => write.Condition == RowCondition.Absent
        ? Commit(_other, RowWrite.Insert(write.Key, Body("theirs")))
        : Commit(_other, RowWrite.Replace(write.Key, write.ETag!, Body("theirs")));

    async Task WriteOver(string key, int times)
    {
        for (var i = 0; i < times; i++)
        {
            (await Commit(_other, RowWrite.Replace(key, (await Get(key))!.ETag, Body("theirs")))).Committed.ShouldBeTrue();
        }
    }
}
