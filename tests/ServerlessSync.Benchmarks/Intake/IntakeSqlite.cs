namespace ServerlessSync.Benchmarks.Intake;

/// <summary>
/// Signed HR webhooks accepted durably over 64 connections while the workflows they cause run, beside the same endpoint without the store;
/// then how long the backlog takes to be carried to its end.
/// </summary>
public sealed class IntakeSqlite : IBenchmark
{
    const int Connections = 64;
    const int Events = 5_000;
    const int People = 1_000;
    const int MeasuredRounds = 2;

    /// <inheritdoc/>
    public string Name => "intake-sqlite";

    /// <inheritdoc/>
    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        using var scratch = new Scratch(Name);
        await using var host = await IntakeHost.StartAsync(scratch.File("mesh.db"), cancellationToken);
        var run = new IntakeRun(host, new Queue<byte[][]>(SignedRequests.Batches(MeasuredRounds + 1, Events, People)));
        await run.RoundsAsync(1, cancellationToken);

        run.Forget();
        var comparison = await run.RoundsAsync(MeasuredRounds, cancellationToken);
        await run.Backlog.CheckAsync(Events * (MeasuredRounds + 1), cancellationToken);

        report.Comparison(Name, "events/s", comparison);
        report.Figure(Name + "-p99", run.Durable.Percentile(99).TotalMilliseconds, "ms", comparison.BaselineName!, run.Answered.Percentile(99).TotalMilliseconds);
        report.Figure(Name + "-drain", run.Drains.Percentile(50).TotalSeconds, "s");
        report.Figure(Name + "-drain-rate", Events / run.Drains.Percentile(50).TotalSeconds, "events/s");
    }

    /// <summary>Rounds against one host: each accepts a batch durably, then lets the backlog drain.</summary>
    sealed class IntakeRun(IntakeHost host, Queue<byte[][]> batches)
    {
        readonly byte[][] _answered = batches.Peek();
        bool _drains;

        public Backlog Backlog { get; } = new(host.Stores);

        public Latencies Durable { get; private set; } = new();

        public Latencies Answered { get; private set; } = new();

        public Latencies Drains { get; private set; } = new();

        public void Forget() => (Durable, Answered, Drains) = (new(), new(), new());

        public Task<Comparison> RoundsAsync(int count, CancellationToken cancellationToken) =>
            new Rounds(TimeProvider.System) { WarmUp = 0, Count = count, Between = DrainAsync }.RunAsync(AcceptAsync, "no-store", AnswerAsync, cancellationToken);

        async Task<long> AcceptAsync(CancellationToken cancellationToken)
        {
            using var load = new LoadGenerator(host.Mesh, Connections);
            await load.RunAsync(batches.Dequeue(), Durable);
            _drains = true;
            return Events;
        }

        async Task<long> AnswerAsync(CancellationToken cancellationToken)
        {
            using var load = new LoadGenerator(host.WithoutStore, Connections);
            await load.RunAsync(_answered, Answered);
            return Events;
        }

        async Task DrainAsync(CancellationToken cancellationToken)
        {
            if (!_drains)
            {
                return;
            }

            _drains = false;
            var began = TimeProvider.System.GetTimestamp();
            await Backlog.DrainAsync(cancellationToken);
            Drains.Add(TimeProvider.System.GetElapsedTime(began));
        }
    }
}
