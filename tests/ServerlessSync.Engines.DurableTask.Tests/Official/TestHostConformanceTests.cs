using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Engines.DurableTask.Tests.Official;

/// <summary>The conformance suite on Durable Task itself: its worker, its client and its in-memory backend in this process.</summary>
public sealed class TestHostConformanceTests : EngineConformance
{
    protected override EngineLeeway Leeway =>
        EngineLeeway.ForeignTaskUnseen | EngineLeeway.LongTurnBegun | EngineLeeway.TimersUnordered | EngineLeeway.ListUnordered | EngineLeeway.ChildIdUnchecked;

    protected override Task<IEngineUnderTest> StartAsync(WorkflowCatalog catalog) => TestHostEngine.StartAsync(catalog);
}
