using System.Globalization;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>What an event costs in operations of the store. The limits lie a quarter above the figures docs/scale.md reckons with: edits that meet are done again, now and then.</summary>
public sealed class StoreOperationsTests
{
    [Theory]
    [InlineData("joiner", 180, 45)]
    [InlineData("mover", 175, 35)]
    [InlineData("leaver", 230, 45)]
    [InlineData("change of nothing", 42, 12)]
    public async Task An_event_costs_no_more_operations_than_the_scale_plan_reckons_with(string kind, long mostReads, long mostCommits)
    {
        var rows = new MemoryRowStore();
        var turns = new TurnCounter(new MemoryWorkflowHistory(TimeProvider.System));
        string[] entitlements = ["all: t1=group:All, t2=role:all", "it: t1=group:IT, t2=role:it ? department=IT", "hr: t1=group:HR, t2=role:hr ? department=HR"];
        await using var world = new MeshWorld(MeshYaml.For(2, entitlements), rows, turns);
        await world.StartAsync();
        if (kind != "joiner")
        {
            await world.CarryAsync(world.Hr("ada", 1, "IT"));
            await world.EndRunsAsync();
        }

        await world.StopAsync();
        var store = new CountingRowStore(rows);
        world.Reopen(store, turns);
        await world.StartAsync();
        var atStart = (store.Reads, store.Commits, store.RowsWritten);
        await CarryAsync(world, turns.Reset(), EventOf(kind, world));

        var (reads, commits, written) = (store.Reads - atStart.Reads, store.Commits - atStart.Commits, store.RowsWritten - atStart.RowsWritten);
        Progress.Show(string.Create(
            CultureInfo.InvariantCulture,
            $"store operations of a {kind} over 2 targets: {reads} reads, {commits} commits of {written} rows; {turns.Activities} activities, {turns.Turns} turns"));
        reads.ShouldBeInRange(1, mostReads);
        commits.ShouldBeInRange(1, mostCommits);
    }

    // Looks at nothing through the store that counts: what is waited for is the run, and then the end of all work.
    static async Task CarryAsync(MeshWorld world, Task<string> created, ChangeEvent change)
    {
        await world.Stores.Inbox.AcceptAsync([change], CancellationToken.None);
        var run = await created;
        await world.MoveUntilAsync(world.Client.WaitForInstanceCompletionAsync(run, CancellationToken.None), CancellationToken.None);
        await world.StopAsync();
    }

    static ChangeEvent EventOf(string kind, MeshWorld world) => kind switch
    {
        "joiner" => world.Hr("ada", 1, "IT"),
        "mover" => world.Hr("ada", 2, "HR"),
        "leaver" => world.Leaver("ada", 2),
        _ => world.Hr("ada", 2, "IT"),
    };
}
