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
