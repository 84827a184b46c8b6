using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.Engines.InProcess;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Benchmarks.Engine;

/// <summary>The engine over a history, and runs of <see cref="StepsWorkflow"/> through it with so many in flight.</summary>
sealed class EngineLoad : IAsyncDisposable
{
    public const int InFlight = 64;

    /// <summary>Every input has as many digits as every other, so that all runs write the same number of bytes.</summary>
    const int FirstInput = 10_000_000;

    readonly InProcessEngine _engine;
    int _last;

    EngineLoad(IWorkflowHistory history)
    {
        var catalog = new WorkflowCatalog()
            .AddWorkflow<StepsWorkflow, int, int>(StepsWorkflow.Name)
            .AddActivity(StepActivity.Name, () => new StepActivity());
        var options = new InProcessEngineOptions { Owner = new HistoryOwner("bench", 1, 1) };
        _engine = new InProcessEngine(history, catalog, options, TimeProvider.System, NullLogger<InProcessEngine>.Instance);
    }

    public static async Task<EngineLoad> StartAsync(IWorkflowHistory history, CancellationToken cancellationToken)
    {
        var load = new EngineLoad(history);
        await load._engine.StartAsync(cancellationToken);
        return load;
    }

    /// <summary>An id no run had before; all are of one length.</summary>
    public static string Id(string prefix, int number) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{number:d8}");

    /// <summary>Runs so many workflows to their ends and checks each result.</summary>
    public async Task RunAsync(int workflows, CancellationToken cancellationToken)
    {
        var end = _last + workflows;
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(CallAsync, cancellationToken)));
        _last = end;

        async Task CallAsync()
        {
            while (Interlocked.Increment(ref _last) is var number && number <= end)
            {
                await RunOneAsync(number, cancellationToken);
            }
        }
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    async Task RunOneAsync(int number, CancellationToken cancellationToken)
    {
        var id = Id("steps", number);
        var input = FirstInput + number;
        var started = await _engine.ScheduleNewOrchestrationInstanceAsync(
            StepsWorkflow.Name, input.ToString(CultureInfo.InvariantCulture), id, cancellationToken);
        var ended = await _engine.WaitForInstanceCompletionAsync(id, cancellationToken);
        var expected = (input + StepsWorkflow.Steps).ToString(CultureInfo.InvariantCulture);
        if (started != StartResult.Started || ended.Status != WorkflowStatus.Completed || ended.Output != expected)
        {
            throw new InvalidOperationException($"Run '{id}' was {started}, then {ended.Status} with '{ended.Output}' where '{expected}' is right: {ended.Failure}");
        }
    }
}
