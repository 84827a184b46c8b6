using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Engines.InProcess.Tests;

/// <summary>Engines for tests.</summary>
static class MemoryEngine
{
    public static HistoryOwner Owner { get; } = new("here", 1, 1);

    public static InProcessEngineOptions Options { get; } = new() { Owner = Owner, StoreRetryDelay = TimeSpan.FromMilliseconds(1) };

    public static InProcessEngine New(IWorkflowHistory history, WorkflowCatalog catalog, InProcessEngineOptions? options = null, TimeProvider? time = null) =>
        new(history, catalog, options ?? Options, time ?? TimeProvider.System, NullLogger<InProcessEngine>.Instance);

    public static async Task<InProcessEngine> StartAsync(
        IWorkflowHistory history, WorkflowCatalog catalog, InProcessEngineOptions? options = null, TimeProvider? time = null)
    {
        var engine = New(history, catalog, options, time);
        await engine.StartAsync(CancellationToken.None);
        return engine;
    }

    public static async Task<IEngineUnderTest> ForSuiteAsync(WorkflowCatalog catalog, bool replayEveryTurn) =>
        new Suite(await StartAsync(
            new MemoryWorkflowHistory(TimeProvider.System), catalog, Options with { ReplayEveryTurn = replayEveryTurn }));

    sealed class Suite(InProcessEngine engine) : IEngineUnderTest
    {
        public IWorkflowClient Client => engine;

        public ValueTask DisposeAsync() => engine.DisposeAsync();
    }
}
