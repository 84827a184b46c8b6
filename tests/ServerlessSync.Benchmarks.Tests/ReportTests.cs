using Shouldly;
using Xunit;

namespace ServerlessSync.Benchmarks.Tests;

public sealed class ReportTests : IDisposable
{
    readonly StringWriter _output = new() { NewLine = "\n" };

    public void Dispose() => _output.Dispose();

    [Fact]
    public void A_figure_with_a_baseline_ends_in_the_ratio()
    {
        new Report(_output).Figure("engine-sqlite", 2512.4, "workflows/s", "raw", 5000);
        _output.ToString().ShouldBe("bench engine-sqlite 2512 workflows/s raw 5000 workflows/s ratio 0.50\n");
    }

    [Fact]
    public void A_figure_without_a_baseline_ends_in_its_unit()
    {
        new Report(_output).Figure("intake-sqlite-p99", 4.256, "ms");
        _output.ToString().ShouldBe("bench intake-sqlite-p99 4.26 ms\n");
    }

    [Fact]
    public void A_comparison_prints_speed_bytes_and_processor_time()
    {
        var subject = new Measurement(100, TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(40), 100_000);
        var baseline = new Measurement(200, TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(20), 20_000);

        new Report(_output).Comparison("some", "ops/s", new Comparison(subject, "raw", baseline));

        _output.ToString().ShouldBe("""
            bench some 50.0 ops/s raw 100 ops/s ratio 0.50
            bench some-bytes 1000 B/op raw 100 B/op ratio 10.00
            bench some-cpu 400 us/op raw 100 us/op ratio 4.00

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task The_filter_takes_those_whose_names_begin_with_it()
    {
        Named[] benchmarks = [new("engine-memory"), new("engine-sqlite"), new("intake-engine")];

        (await BenchmarkList.RunAsync(benchmarks, "engine", new Report(_output), CancellationToken.None)).ShouldBe(2);

        _output.ToString().ShouldBe("bench engine-memory 1.00 run\nbench engine-sqlite 1.00 run\n");
    }

    sealed class Named(string name) : IBenchmark
    {
        public string Name => name;

        public Task RunAsync(Report report, CancellationToken cancellationToken)
        {
            report.Figure(Name, 1, "run");
            return Task.CompletedTask;
        }
    }
}
