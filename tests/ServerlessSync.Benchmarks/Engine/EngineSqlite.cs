using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.Storage.Sqlite;

namespace ServerlessSync.Benchmarks.Engine;

/// <summary>
/// The same as <see cref="EngineMemory"/>, every turn through fsync. Its baseline writes the same rows and bytes turn by turn from as many
/// callers through the same group-commit writer, without the engine.
/// </summary>
public sealed class EngineSqlite : IBenchmark
{
    const int Workflows = 6_000;
    const string RawPrefix = "steps";

    int _lastRaw;

    /// <inheritdoc/>
    public string Name => "engine-sqlite";

    /// <inheritdoc/>
    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        var recorded = await RecordedRun.RecordAsync(cancellationToken);
        using var scratch = new Scratch(Name);
        await using var subject = SqliteDatabase.Open(new SqliteOptions(scratch.File("engine.db")));
        await using var raw = SqliteDatabase.Open(new SqliteOptions(scratch.File("raw.db")));
        await using var load = await EngineLoad.StartAsync(new SqliteWorkflowHistory(subject, TimeProvider.System), cancellationToken);
        var rawHistory = new SqliteWorkflowHistory(raw, TimeProvider.System);
        await rawHistory.AcquireAsync(new HistoryOwner("bench", 1, 1), TimeSpan.FromMinutes(10), cancellationToken);

        var comparison = await new Rounds(TimeProvider.System).RunAsync(
            async token =>
            {
                await load.RunAsync(Workflows, token);
                return Workflows;
            },
            "raw",
            token => WriteAsync(recorded, rawHistory, token),
            cancellationToken);
        await CheckAsync(recorded, rawHistory, cancellationToken);
        StepFigures.Print(report, Name, comparison);
    }

    async Task<long> WriteAsync(RecordedRun recorded, SqliteWorkflowHistory history, CancellationToken cancellationToken)
    {
        var end = _lastRaw + Workflows;
        await Task.WhenAll(Enumerable.Range(0, EngineLoad.InFlight).Select(_ => Task.Run(CallAsync, cancellationToken)));
        _lastRaw = end;
        return Workflows;

        async Task CallAsync()
        {
            while (Interlocked.Increment(ref _lastRaw) is var number && number <= end)
            {
                await recorded.WriteAsync(history, EngineLoad.Id(RawPrefix, number), cancellationToken);
            }
        }
    }

    /// <summary>The baseline wrote what the engine writes: its last run reads as completed, with all events.</summary>
    async Task CheckAsync(RecordedRun recorded, SqliteWorkflowHistory history, CancellationToken cancellationToken)
    {
        var stored = await history.LoadAsync(EngineLoad.Id(RawPrefix, _lastRaw), cancellationToken);
        var events = recorded.Created.Events.Count + recorded.Turns.Sum(turn => turn.NewEvents.Count);
        if (stored is not { Instance.Status: WorkflowStatus.Completed } || stored.Events.Count != events)
        {
            throw new InvalidOperationException($"The baseline left a run as {stored?.Instance.Status} with {stored?.Events.Count} events; {events} are right.");
        }
    }
}
