using ServerlessSync.Mesh.Audit;
using Shouldly;
using Xunit;

namespace ServerlessSync.Functions.Tests.Audit;

/// <summary>The anchor in a blob container.</summary>
public sealed class BlobAnchorTests : IDisposable
{
    static readonly CancellationToken None = CancellationToken.None;

    readonly MemoryBlobs _blobs = new();
    readonly BlobAnchor _anchor;

    public BlobAnchorTests() => _anchor = new BlobAnchor(new BlobContainer(MemoryBlobs.Address, new MemoryBlobs.Somebody(), _blobs));

    public void Dispose() => _blobs.Dispose();

    [Fact]
    public async Task What_is_appended_is_read_back_in_order_and_the_last_is_known()
    {
        (await _anchor.ReadLastAsync(None)).ShouldBeNull();
        for (var number = 1; number <= 3; number++)
        {
            await _anchor.AppendAsync(Checkpoint(number), None);
            (await _anchor.ReadLastAsync(None)).ShouldBe(Checkpoint(number));
        }

        (await ReadAsync()).ShouldBe([1, 2, 3]);
        _blobs.Authorised.ShouldBe(["Bearer token-for-https://storage.azure.com/.default"]);
    }

    [Fact]
    public async Task A_checkpoint_that_stands_there_is_not_added_again_and_a_gap_is_refused()
    {
        await _anchor.AppendAsync(Checkpoint(1), None);
        await _anchor.AppendAsync(Checkpoint(1), None);
        await Should.ThrowAsync<IOException>(() => _anchor.AppendAsync(Checkpoint(3), None));
        (await ReadAsync()).ShouldBe([1]);
    }

    [Fact]
    public async Task Ten_thousand_checkpoints_are_one_blob_and_the_next_is_in_another()
    {
        foreach (var first in new[] { 1L, 10_001, 20_001 })
        {
            var name = $"checkpoints-{first / 10_000:D10}.jsonl";
            _blobs.Blobs[name] = Line(first + 9_999);
        }

        await _anchor.AppendAsync(Checkpoint(30_001), None);
        _blobs.Blobs.Keys.Last().ShouldBe("checkpoints-0000000003.jsonl");
        (await _anchor.ReadLastAsync(None))!.Number.ShouldBe(30_001);
        (await ReadAsync()).ShouldBe([10_000, 20_000, 30_000, 30_001]);
    }

    [Fact]
    public async Task A_blob_that_was_made_and_not_written_to_is_the_next_ones()
    {
        _blobs.Blobs["checkpoints-0000000000.jsonl"] = Line(10_000);
        _blobs.Blobs["checkpoints-0000000001.jsonl"] = [];
        (await _anchor.ReadLastAsync(None))!.Number.ShouldBe(10_000);
        await _anchor.AppendAsync(Checkpoint(10_001), None);
        (await ReadAsync()).ShouldBe([10_000, 10_001]);
    }

    [Fact]
    public async Task An_append_whose_answer_was_lost_stands_there_once()
    {
        await _anchor.AppendAsync(Checkpoint(1), None);
        _blobs.LostAnswers = 1;
        await Should.ThrowAsync<IOException>(() => _anchor.AppendAsync(Checkpoint(2), None));
        await _anchor.AppendAsync(Checkpoint(2), None);
        (await ReadAsync()).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Another_who_appended_meanwhile_is_not_written_over()
    {
        await _anchor.AppendAsync(Checkpoint(1), None);
        var container = new BlobContainer(MemoryBlobs.Address, new MemoryBlobs.Somebody(), _blobs);
        var end = _blobs.Blobs.Values.Single().Length;
        await _anchor.AppendAsync(Checkpoint(2), None);
        await Should.ThrowAsync<IOException>(() => container.AppendAsync(_blobs.Blobs.Keys.Single(), end, Line(2), None));
        (await ReadAsync()).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task What_is_no_checkpoint_is_delivered_as_such_and_nothing_follows_it()
    {
        _blobs.Blobs["checkpoints-0000000000.jsonl"] = [.. Line(1), .. "nonsense\n"u8];
        var lines = await LinesAsync();
        lines.Select(line => line.Checkpoint?.Number).ShouldBe([1, null]);
        (await Should.ThrowAsync<IOException>(() => _anchor.AppendAsync(Checkpoint(2), None))).Message.ShouldContain("audit verify");
    }

    [Fact]
    public async Task A_container_that_is_away_is_told_without_what_was_sent()
    {
        _blobs.IsAway = true;
        var failure = await Should.ThrowAsync<IOException>(() => _anchor.ReadLastAsync(None));
        failure.Message.ShouldContain("403");
        failure.Message.ShouldNotContain("token");
    }

    async Task<IEnumerable<long>> ReadAsync() => (await LinesAsync()).Select(line => line.Checkpoint!.Number);

    async Task<List<AnchorLine>> LinesAsync()
    {
        List<AnchorLine> lines = [];
        await foreach (var line in _anchor.ReadAsync(None))
        {
            lines.Add(line);
        }

        return lines;
    }

    static Checkpoint Checkpoint(long number) => new(number, DateTimeOffset.UnixEpoch.AddMinutes(number), "before", 1, "root", "key", "hash", "signature");

    static byte[] Line(long number) => [.. Mesh.Storage.MeshJson.ToBytes(Checkpoint(number)), (byte)'\n'];
}
