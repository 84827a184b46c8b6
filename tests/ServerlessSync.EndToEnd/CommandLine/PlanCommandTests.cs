using ServerlessSync.EndToEnd.Kill;
using ServerlessSync.EndToEnd.Reconciliation;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.CommandLine;

/// <summary>The program plans and applies on a mesh that really compares.</summary>
public sealed class PlanCommandTests
{
    static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task What_the_dry_run_prints_for_each_item_is_what_comes_of_it_when_its_hash_is_applied()
    {
        await using var world = new ComparedWorld(new ReconcileConfiguration
        {
            Guards = new Dictionary<DriftKind, GuardConfiguration> { [DriftKind.Status] = new(Percent: 10, Count: 50, MinimumPopulation: 20) },
        });
        await world.HireAsync(24);
        foreach (var person in Enumerable.Range(0, 3))
        {
            world.Change(person, a => a with { Active = false });
        }

        world.Change(10, a => a.Plus("group:Odd"));
        world.Target().PutNatively("shadow", Native.Unmarked);
        await using var served = await ServedMesh.StartAsync(world.World);

        var plan = await RunAsync(world, served, "reconcile", Everyone);
        plan.ExitCode.ShouldBe(0, string.Join('\n', plan.Errors));
        plan.Output[0].ShouldBe("reconcile: t1 dry run 1 held accounts=25 expected=24 found=5 inFlight=0: status on t1 in 24 hours: 3 of 24 > 10%");
        plan.Output.ShouldContain(line => line.EndsWith($"{Id(10)} account {Key(10)} group:Odd: expected nothing, found 'group:Odd' -> mend", StringComparison.Ordinal), string.Join('\n', plan.Output));
        plan.Output.Count(line => line.EndsWith("-> held (guard: status on t1 in 24 hours: 3 of 24 > 10%)", StringComparison.Ordinal)).ShouldBe(3);
        plan.Output.ShouldContain(line => line.Contains("(nobody known) account shadow", StringComparison.Ordinal) && line.Contains("-> ask (a person decides about unowned)", StringComparison.Ordinal));
        plan.Output.ShouldContain("guard: status on t1 in 24 hours: 3 of 24 > 10%");
        plan.Output.ShouldContain("plan: items=5 ask=1 hold=3 mend=1");
        (await world.OpenAsync()).ShouldBeEmpty("a plan opens nothing");

        var hash = (await world.LastAsync()).PlanHash!;
        plan.Output[^1].ShouldEndWith($"--apply {hash}");
        var applied = await RunAsync(world, served, "reconcile", Everyone, "--apply", hash);
        applied.ExitCode.ShouldBe(0, string.Join('\n', applied.Errors));
        applied.Output.ShouldContain(line => line.Contains("group:Odd", StringComparison.Ordinal) && line.Contains("-> mend, now settled (mended and read back by run", StringComparison.Ordinal), string.Join('\n', applied.Output));
        applied.Output.ShouldContain("came of it: items=5 asked=1 held=3 settled=1");
        world.Target().Native[Key(10)].Rights.ShouldNotContain("group:Odd");
    }

    /// <summary>Runs the program, and moves the clock over every wait of the comparison it asks for.</summary>
    static async Task<CommandResult> RunAsync(ComparedWorld world, ServedMesh served, params string[] words)
    {
        var known = (await world.Stores.Reconciliations.FindLastAsync(Everyone, CancellationToken.None))?.Number ?? 0;
        var command = HostProgram.RunAsync([.. words, .. served.Words], ServedMesh.Environment, CancellationToken.None);
        using var limit = new CancellationTokenSource(Longest);
        ReconciliationRun? run = null;
        while (run is null && !command.IsCompleted)
        {
            run = await world.Stores.Reconciliations.FindLastAsync(Everyone, limit.Token) is { } last && last.Number > known ? last : null;
            await Task.Delay(Between, TimeProvider.System, limit.Token);
        }

        if (run is not null)
        {
            await world.EndAsync(run.Run, limit.Token);
            await world.SettleAsync();
        }

        return await command;
    }
}
