using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Engines.InProcess.Tests;

/// <summary>The conformance suite with runs kept live between turns.</summary>
public sealed class LiveEngineConformanceTests : EngineConformance
{
    protected override Task<IEngineUnderTest> StartAsync(WorkflowCatalog catalog) => MemoryEngine.ForSuiteAsync(catalog, replayEveryTurn: false);
}

/// <summary>The conformance suite with every turn rebuilt from history.</summary>
public sealed class ReplayingEngineConformanceTests : EngineConformance
{
    protected override Task<IEngineUnderTest> StartAsync(WorkflowCatalog catalog) => MemoryEngine.ForSuiteAsync(catalog, replayEveryTurn: true);
}
