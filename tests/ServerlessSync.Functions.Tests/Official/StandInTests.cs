using System.Reflection;
using Azure.Messaging.ServiceBus;
using Microsoft.ApplicationInsights;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ServerlessSync.Functions.Tests.Official;

/// <summary>Every stand-in of the worker, Service Bus and Application Insights declares what the package has.</summary>
public sealed class StandInTests
{
    static readonly Assembly[] Packages =
    [
        typeof(ServiceBusMessage).Assembly, typeof(TelemetryClient).Assembly, typeof(ApplicationInsightsExtensions).Assembly,
        typeof(FunctionsApplicationInsightsExtensions).Assembly, typeof(FunctionAttribute).Assembly, typeof(FunctionsApplication).Assembly,
        typeof(FunctionsApplicationBuilderAspNetCoreExtensions).Assembly, typeof(HttpTriggerAttribute).Assembly, typeof(TimerInfo).Assembly,
        typeof(ServiceBusMessageActions).Assembly, typeof(DurableClientAttribute).Assembly,
    ];

    public static TheoryData<string> StandIns => [.. TestKit.StandIns.Names(space => !space.Contains("DurableTask", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(StandIns))]
    public void A_stand_in_declares_what_the_package_has(string name) => TestKit.StandIns.ShouldBeDeclaredIn(name, Packages);
}
