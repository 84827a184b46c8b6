using System.Text;
using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.TestKit;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Reconciliation;

public sealed class MergeTests
{
    static readonly ImageSchema Plain = ImageSchema.ForAccounts(["department"]);

    static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Sides_in_key_order_are_compared_without_a_store()
    {
        for (var seed = Sweep.Seed(1); seed < Sweep.Seed(1) + Sweep.Pick(100, 2000); seed++)
        {
            var random = new Random(seed);
            var (record, target) = Side.Random(random);
            var writer = new ImageWriter(Side.Schema);
            using var wanted = new ImageBatch();
            using var held = new ImageBatch();
            record.ForEach(account => wanted.Add(writer.Write(account)));
            target.ForEach(account => held.Add(writer.Write(account)));

            var handler = new RecordingHandler(Side.Schema);
            await using var comparison = new Comparison(ImageMerge.Of(Give(Runs.Cut(random, wanted.ToChunks()))), ImageMerge.Of(Give(Runs.Cut(random, held.ToChunks()))));
            await comparison.RunAsync(handler, long.MaxValue, None);

            Side.Ordered(handler.Told).ShouldBe(Side.Expected(record, target), $"seed {seed}");
            Should.Throw<InvalidOperationException>(comparison.ToPosition);
        }
    }

    [Theory]
    [InlineData("a b d | c e", "c", "d", false)]
    [InlineData("a b d c e", "c", "d", true)]
    [InlineData("b | a", "a", "b", true)]
    [InlineData("a b c d a", "a", "d", false)]
    public async Task A_side_that_is_not_in_key_order_is_refused_with_both_keys(string keys, string next, string previous, bool isTarget)
    {
        foreach (var other in (string[])["", "a b c d e", "x"])
        {
            var (record, target) = (Chunks(isTarget ? other : keys), Chunks(isTarget ? keys : other));
            await using var comparison = new Comparison(ImageMerge.Of(Give(record)), ImageMerge.Of(Give(target)));

            var thrown = await Should.ThrowAsync<UnsortedImagesException>(() => comparison.RunAsync(new RecordingHandler(Plain), long.MaxValue, None).AsTask());

            (thrown.Previous, thrown.Next, thrown.Side).ShouldBe((previous, next, isTarget ? ComparisonSide.Target : ComparisonSide.Record));
            thrown.Message.ShouldContain($"'{next}' comes after '{previous}'");
        }
    }

    [Fact]
    public async Task Bytes_that_are_no_images_are_refused()
    {
        for (var seed = Sweep.Seed(1); seed < Sweep.Seed(1) + 300; seed++)
        {
            var random = new Random(seed);
            var chunk = Chunks("a b c d").Single().ToArray();
            var broken = seed % 2 == 0 ? chunk[..random.Next(1, chunk.Length)] : [.. chunk, .. new byte[random.Next(1, 6)]];
            await using var comparison = new Comparison(ImageMerge.Of(Give([broken])), ImageMerge.Of(Give(Chunks("a b"))));
            if (seed % 2 == 0 && broken.Length % (chunk.Length / 4) == 0)
            {
                continue;
            }

            await Should.ThrowAsync<InvalidDataException>(() => comparison.RunAsync(new RecordingHandler(Plain), long.MaxValue, None).AsTask());
        }
    }

    [Fact]
    public async Task Comparing_what_is_equal_takes_no_memory_for_an_item()
    {
        const int items = 50_000;
        var chunks = Chunks(string.Join(' ', Enumerable.Range(0, items).Select(number => $"key-{number:D8}"))).Select(chunk => new ReadOnlyMemory<byte>(chunk.ToArray())).ToList();
        // Once before, so that what is compiled or made once does not count.
        await CompareAsync(chunks);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var compared = await CompareAsync(chunks);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        compared.Equal.ShouldBe(items);
        ((double)allocated / items).ShouldBeLessThan(0.5);
    }

    [Fact]
    public void Writing_and_sorting_an_account_takes_no_object_for_it()
    {
        var accounts = Enumerable.Range(0, 20_000)
            .Select(number => new TargetAccount($"key-{number * 7919 % 20_000:D8}", $"Ada.{number}@Example.com", true, "m", new Dictionary<string, string> { ["department"] = "Müller" }))
            .ToList();
        using var batch = new ImageBatch();
        var writer = new ImageWriter(Plain);
        Fill();
        batch.Clear();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Fill();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        ((double)allocated / accounts.Count).ShouldBeLessThan(1);

        void Fill()
        {
            foreach (var account in accounts)
            {
                batch.Add(writer.Write(account));
            }

            batch.ToChunks().Sum(chunk => chunk.Length).ShouldBeGreaterThan(accounts.Count);
        }
    }

    static async Task<ComparisonCounts> CompareAsync(List<ReadOnlyMemory<byte>> chunks)
    {
        await using var comparison = new Comparison(ImageMerge.Of(Give(chunks)), ImageMerge.Of(Give(chunks)));
        return await comparison.RunAsync(new RecordingHandler(Plain), long.MaxValue, None);
    }

    // Keys in the order given; a bar begins a new chunk.
    static IEnumerable<ReadOnlyMemory<byte>> Chunks(string keys)
    {
        var writer = new ImageWriter(Plain);
        using var chunk = new ImageChunk();
        foreach (var key in keys.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (key != "|" && chunk.TryAdd(Write(writer, key)))
            {
                continue;
            }

            yield return chunk.Bytes;
            chunk.Clear();
            _ = key == "|" || chunk.TryAdd(Write(writer, key));
        }

        yield return chunk.Bytes;
    }

    static Image Write(ImageWriter writer, string key)
    {
        writer.Begin(Encoding.ASCII.GetBytes(key));
        writer.Field("true"u8);
        writer.Field("ada"u8);
        writer.NoField();
        writer.Field("Sales"u8);
        return writer.End();
    }

    static async IAsyncEnumerable<ReadOnlyMemory<byte>> Give(IEnumerable<ReadOnlyMemory<byte>> chunks)
    {
        await Task.CompletedTask;
        foreach (var chunk in chunks)
        {
            yield return chunk;
        }
    }
}
