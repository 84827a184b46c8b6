using System.Text.Json;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Mesh.Workflows.Change;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>
/// Row 13 of the fault matrix, attempt by attempt: every activity of a run is made once more when the run has ended, as a process does that slept
/// through it. Targets, registry, audit, plans and exceptions stay as they are.
/// </summary>
public sealed class LateAttemptTests
{
    static readonly string Id = MeshWorld.IdOf("ada");
    static readonly int[] Numbers = [1, 9];

    [Fact]
    public async Task Whatever_an_ended_run_does_once_more_changes_nothing()
    {
        foreach (var life in Lives.All)
        {
            await using var world = await LiveAsync(life);
            world.Script.On = _ => Behaviour.Obey;
            await world.CarryAsync(life.Next(world));
            await world.EndRunsAsync();
            foreach (var (name, input) in await AttemptsAsync(world))
            {
                var before = await world.SnapshotAsync();
                await world.Mesh.Catalog.FindActivity(name)!(input, CancellationToken.None);
                var after = await world.SnapshotAsync();
                (string.Join('\n', before.Except(after)), string.Join('\n', after.Except(before)))
                    .ShouldBe((string.Empty, string.Empty), $"{life}, {name} {input}");
            }
        }
    }

    [Fact]
    public async Task Whatever_an_ended_run_does_once_more_while_the_next_one_is_about_to_begin_leaves_the_next_its_own_plan()
    {
        foreach (var life in Lives.All)
        {
            await using var world = await LiveAsync(life);
            await world.EndRunsAsync();
            var attempts = await AttemptsAsync(world);
            world.Script.On = _ => Behaviour.Obey;

            // Named in the lane and not begun: whoever named it has stopped right there.
            var next = life.Next(world);
            var key = Inbox.KeyOf(next.Source, next.Id);
            await world.Seen.Inbox.AcceptAsync([next], CancellationToken.None);
            await world.Seen.Lanes.EnqueueAsync(Id, next, key, _ => Task.CompletedTask, CancellationToken.None);
            (await world.Seen.Lanes.AdvanceAsync(Id, CancellationToken.None)).ShouldNotBeNull();
            foreach (var (name, input) in attempts.Where(a => a.Name != WorkflowNames.Finish))
            {
                await world.Mesh.Catalog.FindActivity(name)!(input, CancellationToken.None);
            }

            await world.SettleAsync();
            world.Standing().ShouldBe(life.NextStanding, life.Name);
            await world.CheckOrderlyAsync([.. life.Events(world), next], life.Name);
        }
    }

    static async Task<MeshWorld> LiveAsync(Life life)
    {
        var world = await MeshWorld.StartAsync(Lives.Configuration, life.Script);
        foreach (var change in life.Events(world))
        {
            await world.CarryAsync(change);
        }

        return world;
    }

    /// <summary>Every activity each run had, from what is stored of it; steps as a first attempt and as a later one.</summary>
    static async Task<IReadOnlyList<(string Name, string Input)>> AttemptsAsync(MeshWorld world)
    {
        var attempts = new List<(string Name, string Input)>();
        foreach (var run in (await world.History.ListAsync(new WorkflowInstanceQuery { FetchInputsAndOutputs = true }, CancellationToken.None)).Instances)
        {
            var input = Read<ChangeInput>(run.Input!);
            var report = Read<ChangeReport>(run.Output!);
            attempts.Add((WorkflowNames.Prepare, run.Input!));
            foreach (var end in report.Steps)
            {
                var undone = end.State is StepState.Undone or StepState.NotUndone;
                string[] names = undone ? [WorkflowNames.Apply, WorkflowNames.Verify, WorkflowNames.Undo] : [WorkflowNames.Apply, WorkflowNames.Verify];
                attempts.AddRange(
                    from attempt in Numbers
                    from name in names
                    select (name, Write(new StepInput(Id, run.InstanceId, end.Number, attempt))));
            }

            attempts.Add((WorkflowNames.Overdue, Write(new FinishInput(Id, run.InstanceId, input.Inbox, report))));
            attempts.Add((WorkflowNames.Finish, Write(new FinishInput(Id, run.InstanceId, input.Inbox, report))));
        }

        return attempts;
    }

    static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, MeshJson.Options)!;

    static string Write<T>(T value) => JsonSerializer.Serialize(value, MeshJson.Options);
}
