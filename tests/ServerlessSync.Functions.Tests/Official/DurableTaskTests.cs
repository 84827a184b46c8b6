using Microsoft.DurableTask.Client;
using ServerlessSync.Connectors;
using ServerlessSync.Functions.Tests.World;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Scripted;
using Shouldly;
using Xunit;

namespace ServerlessSync.Functions.Tests.Official;

/// <summary>From a signed webhook to what stands on the targets: every step is a function of the app, and Durable Task itself carries the runs.</summary>
public sealed class DurableTaskTests
{
    const string Hired = "employee.hired";
    const string Terminated = "employee.terminated";

    static readonly HrYaml TwoTargets = new()
    {
        Attempt = "PT5S",
        Targets = [FunctionsWorld.Yaml("t1"), FunctionsWorld.Yaml("t2")],
        Entitlements = ["""{ name: all, when: { kind: "person" }, risk: low, grants: { t1: ["group:All"], t2: ["role:all"] } }"""],
    };

    static CancellationToken Soon => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    [Fact]
    public async Task A_signed_webhook_brings_a_joiner_to_every_target_and_the_next_takes_the_leaver_off()
    {
        await using var world = await StartAsync();
        await using var host = await FunctionHost.StartAsync(world);
        world.Script.On = call => call is { Operation: "create" or "disable", Occurrence: 1 } ? Behaviour.Fail(FailureKind.Transient) : Behaviour.Obey;

        await TakeInAsync(world, host, "e1", 1, Hired);
        await EndAsync(world, host, "e1", run: 1);
        Accounts(world).ShouldAllBe(account => account.Active && account.Rights.Count == 1 && account.Attributes["department"] == "IT");

        await TakeInAsync(world, host, "e2", 2, Terminated);
        await EndAsync(world, host, "e2", run: 2);
        Accounts(world).ShouldAllBe(account => !account.Active && account.Rights.Count == 0);
        world.Broker.Messages.ShouldBeEmpty();
        world.Broker.DeadLetters.ShouldBeEmpty();
        world.Engine.Started.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_termination_overtakes_the_joiner_at_work_which_grants_nothing_more()
    {
        await using var world = await StartAsync();
        await using var host = await FunctionHost.StartAsync(world);
        var (asked, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        world.Script.On = call =>
        {
            if (call is not { Target: "t1", Operation: "create" })
            {
                return Behaviour.Obey;
            }

            asked.TrySetResult();
            return Behaviour.Hold(released.Task);
        };

        await TakeInAsync(world, host, "e1", 1, Hired);
        await asked.Task.WaitAsync(Soon);
        await TakeInAsync(world, host, "e2", 2, Terminated);
        released.SetResult();
        await EndAsync(world, host, "e1", run: 1);
        await EndAsync(world, host, "e2", run: 2);
        world.Targets["t1"].Native.Values.ShouldHaveSingleItem().Active.ShouldBeFalse();
        world.Script.Effects.ShouldNotContain(effect => effect.Target == "t1" && effect.Operation == "grant");
    }

    [Fact]
    public async Task The_history_of_a_run_is_deleted_when_it_was_kept_long_enough()
    {
        await using var world = await StartAsync();
        await using var host = await FunctionHost.StartAsync(world);
        await TakeInAsync(world, host, "e1", 1, Hired);
        var run = await EndAsync(world, host, "e1", run: 1);

        await world.Functions<TimerFunctions>().PurgeAsync(new(), host.Client, Soon);
        (await host.Client.GetInstanceAsync(run, Soon)).ShouldNotBeNull();
        var now = world.Clock.GetUtcNow();
        world.Clock.SetWallClock(now - world.Configuration.Retention.History.Before(now) + TimeSpan.FromDays(5));
        await world.Functions<TimerFunctions>().PurgeAsync(new(), host.Client, Soon);
        (await host.Client.GetInstanceAsync(run, Soon)).ShouldBeNull();
    }

    /// <summary>The app's clock stands at the time of Durable Task, which goes on.</summary>
    static Task<FunctionsWorld> StartAsync() => FunctionsWorld.StartAsync(yaml: TwoTargets, now: TimeProvider.System.GetUtcNow());

    static List<ScriptedAccount> Accounts(FunctionsWorld world)
    {
        var accounts = world.Targets.Values.SelectMany(target => target.Native.Values).ToList();
        accounts.Count.ShouldBe(2);
        return accounts;
    }

    /// <summary>The webhook, its message, and the message's delivery.</summary>
    static async Task TakeInAsync(FunctionsWorld world, FunctionHost host, string id, long sequence, string type)
    {
        (await world.SendAsync("7", id, sequence, type)).ShouldBe(202);
        await world.MessagesAsync(1);
        (await world.DeliverAsync(host.Client)).IsSettled.ShouldBeTrue();
    }

    /// <summary>Waits for the end of the event's run; its id.</summary>
    static async Task<string> EndAsync(FunctionsWorld world, FunctionHost host, string id, long run)
    {
        var row = (await world.RowAsync(id)).ShouldNotBeNull();
        var ended = await host.Client.WaitForInstanceCompletionAsync(Lanes.RunId(row.IdentityId.ShouldNotBeNull(), run), getInputsAndOutputs: true, Soon);
        ended.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Completed, ended.FailureDetails?.ToString());
        (await world.RowAsync(id)).ShouldNotBeNull().Status.ShouldBe(InboxStatus.Applied);
        return ended.InstanceId;
    }
}
