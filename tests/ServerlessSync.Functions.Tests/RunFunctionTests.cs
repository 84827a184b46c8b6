using System.Text.Json;
using ServerlessSync.Functions.Tests.World;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Change;
using Shouldly;
using Xunit;

namespace ServerlessSync.Functions.Tests;

/// <summary>Activities as Durable Functions calls them.</summary>
public sealed class RunFunctionTests
{
    static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task An_activity_is_the_meshs_own_and_its_result_is_the_meshs_json()
    {
        await using var world = await FunctionsWorld.StartAsync();
        await world.SendAsync("7", "e1");
        await world.MessagesAsync(1);
        await world.DeliverAsync();
        var outline = await world.Functions<RunFunctions>().PrepareAsync(world.Engine.Inputs.Single(), world.Engine, None);
        outline!.Value.GetProperty("steps").GetArrayLength().ShouldBe(1);
        outline.Value.ToString().ShouldContain("saas");
    }

    [Fact]
    public async Task An_activity_reaches_the_engine_in_a_process_nothing_else_has_called()
    {
        var rows = new MemoryRowStore();
        JsonElement input;
        await using (var first = await FunctionsWorld.StartAsync(rows))
        {
            await first.SendAsync("7", "e1");
            await first.SendAsync("7", "e2", sequence: 2, type: "employee.changed");
            await first.Functions<TimerFunctions>().SweepAsync(new(), first.Engine, None);
            input = first.Engine.Inputs.Single()!.Value;
        }

        await using var second = await FunctionsWorld.StartAsync(rows);
        var change = input.Deserialize<ChangeInput>(MeshJson.Options)!;
        await second.Functions<RunFunctions>().PrepareAsync(input, second.Engine, None);
        var report = JsonSerializer.SerializeToElement(
            new FinishInput(change.IdentityId, change.Run, change.Inbox, new ChangeReport(null, [new StepEnd(0, StepState.Failed, 1, "away")])), MeshJson.Options);
        (await second.Functions<RunFunctions>().FinishAsync(report, second.Engine, None))!.Value.GetBoolean().ShouldBeTrue();
        second.Engine.Started.ShouldHaveSingleItem().Run.ShouldBe(Lanes.RunId(change.IdentityId, 2));
    }
}
