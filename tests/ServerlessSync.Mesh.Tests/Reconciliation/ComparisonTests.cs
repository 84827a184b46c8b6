using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Reconciliation;

public sealed class ComparisonTests
{
    const string RecordSide = "r1-record";
    const string TargetSide = "r1-target";

    readonly RowSortedRunStore _runs = new(new MemoryRowStore());

    static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task What_is_told_is_what_dictionaries_find_however_the_sides_are_cut_into_runs()
    {
        for (var seed = Sweep.Seed(1); seed < Sweep.Seed(1) + Sweep.Pick(300, 10_000); seed++)
        {
            var random = new Random(seed);
            var (record, target) = Side.Random(random);
            await WriteAsync(random, record, target);

            var handler = new RecordingHandler(Side.Schema);
            await using var comparison = await OpenAsync();
            var counts = await comparison.RunAsync(handler, long.MaxValue, None);

            Side.Ordered(handler.Told).ShouldBe(Side.Expected(record, target), $"seed {seed}");
            (counts.Record, counts.Target, comparison.Ended).ShouldBe((record.Count, target.Count, true), $"seed {seed}");
        }
    }

    [Fact]
    public async Task A_comparison_that_stops_and_goes_on_from_its_position_tells_the_same_wherever_it_stops()
    {
        for (var seed = Sweep.Seed(1); seed < Sweep.Seed(1) + Sweep.Pick(20, 300); seed++)
        {
            var random = new Random(seed);
            var (record, target) = Side.Random(random);
            await WriteAsync(random, record, target);
            foreach (var most in (int[])[1, 2, 7, record.Count + 1])
            {
                var handler = new RecordingHandler(Side.Schema);
                var counts = await RunInPartsAsync(handler, most);

                Side.Ordered(handler.Told).ShouldBe(Side.Expected(record, target), $"seed {seed}, {most} at once");
                (counts.Record, counts.Target).ShouldBe((record.Count, target.Count), $"seed {seed}, {most} at once");
            }
        }
    }

    [Fact]
    public async Task A_position_that_is_damaged_or_of_other_runs_is_refused()
    {
        var random = new Random(Sweep.Seed(7));
        var (record, target) = Side.Random(random);
        await WriteAsync(random, record, target);
        byte[] position;
        await using (var comparison = await OpenAsync())
        {
            await comparison.RunAsync(new RecordingHandler(Side.Schema), 5, None);
            position = comparison.ToPosition();
        }

        for (var at = 0; at < position.Length; at++)
        {
            var damaged = position.ToArray();
            damaged[at] ^= 1;
            await RequireStaleAsync(damaged);
            await RequireStaleAsync(position[..Math.Max(1, at)]);
        }

        await _runs.WriteAsync(TargetSide, "9999", [], None);
        await RequireStaleAsync(position);
    }

    [Fact]
    public async Task A_position_in_a_run_that_was_read_anew_with_other_content_is_refused()
    {
        var random = new Random(Sweep.Seed(7));
        var (record, target) = Side.Random(random);
        await WriteAsync(random, record, target);
        await using var comparison = await OpenAsync();
        await comparison.RunAsync(new RecordingHandler(Side.Schema), 5, None);
        var position = comparison.ToPosition();

        var writer = new ImageWriter(Side.Schema);
        using var batch = new ImageBatch();
        batch.Add(writer.Write(target[0] with { OwnerMark = "read later" }));
        await _runs.WriteAsync(TargetSide, "1", batch.ToChunks(), None);

        await RequireStaleAsync(position);
    }

    [Fact]
    public async Task After_a_handler_that_failed_there_is_no_position_to_store()
    {
        var random = new Random(Sweep.Seed(7));
        var (record, target) = Side.Random(random);
        await WriteAsync(random, record, target);
        await using var comparison = await OpenAsync();
        comparison.ToPosition().ShouldNotBeEmpty();

        // Images of accounts cannot be told as those of another schema.
        await Should.ThrowAsync<InvalidDataException>(() => comparison.RunAsync(new RecordingHandler(ImageSchema.ForAccounts([])), long.MaxValue, None).AsTask());

        Should.Throw<InvalidOperationException>(comparison.ToPosition);
    }

    [Fact]
    public async Task A_cancelled_comparison_stops()
    {
        var random = new Random(Sweep.Seed(7));
        var (record, target) = Side.Random(random);
        await WriteAsync(random, record, target);
        await using var comparison = await OpenAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => comparison.RunAsync(new RecordingHandler(Side.Schema), long.MaxValue, new CancellationToken(true)).AsTask());
    }

    async Task RequireStaleAsync(byte[] position) => await Should.ThrowAsync<StalePositionException>(() => OpenAsync(position));

    async Task<ComparisonCounts> RunInPartsAsync(RecordingHandler handler, int most)
    {
        ComparisonCounts counts = default;
        byte[] position = [];
        for (var ended = false; !ended;)
        {
            await using var comparison = await OpenAsync(position);
            var part = await comparison.RunAsync(handler, most, None);
            part.Keys.ShouldBeLessThanOrEqualTo(most);
            counts += part;
            position = comparison.ToPosition();
            ended = comparison.Ended;
        }

        return counts;
    }

    async Task<Comparison> OpenAsync(byte[]? position = null) => await Comparison.OpenAsync(_runs, RecordSide, TargetSide, position, None);

    async Task WriteAsync(Random random, List<ExpectedAccount> record, List<TargetAccount> target)
    {
        var writer = new ImageWriter(Side.Schema);
        await Runs.WriteAsync(_runs, RecordSide, random, record.Count, (batch, i) => batch.Add(writer.Write(record[i])));
        await Runs.WriteAsync(_runs, TargetSide, random, target.Count, (batch, i) => batch.Add(writer.Write(target[i])));
    }
}
