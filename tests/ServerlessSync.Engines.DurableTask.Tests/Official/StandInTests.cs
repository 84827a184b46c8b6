using System.Reflection;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace ServerlessSync.Engines.DurableTask.Tests.Official;

/// <summary>Every stand-in of Durable Task declares what the package has.</summary>
public sealed class StandInTests
{
    static readonly Assembly[] Packages =
        [typeof(TaskOrchestrationContext).Assembly, typeof(DurableTaskClient).Assembly, typeof(global::DurableTask.Core.OrchestrationContext).Assembly];

    public static TheoryData<string> StandIns => [.. TestKit.StandIns.Names(space => space.Contains("DurableTask", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(StandIns))]
    public void A_stand_in_declares_what_the_package_has(string name) => TestKit.StandIns.ShouldBeDeclaredIn(name, Packages);
}
