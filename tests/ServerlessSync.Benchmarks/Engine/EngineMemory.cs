using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Benchmarks.Engine;

/// <summary>Workflows of five sequential steps, 64 in flight, on a history in memory: the engine's own cost.</summary>
public sealed class EngineMemory : IBenchmark
{
    const int Workflows = 20_000;

    /// <inheritdoc/>
    public string Name => "engine-memory";

    /// <inheritdoc/>
    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        var comparison = await new Rounds(TimeProvider.System).RunAsync(RoundAsync, cancellationToken);
        StepFigures.Print(report, Name, comparison);
    }

    static async Task<long> RoundAsync(CancellationToken cancellationToken)
    {
        // A history of its own for each round: what ended runs leave behind does not pile up in memory.
        await using var load = await EngineLoad.StartAsync(new MemoryWorkflowHistory(TimeProvider.System), cancellationToken);
        await load.RunAsync(Workflows, cancellationToken);
        return Workflows;
    }
}
