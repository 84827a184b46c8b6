using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Model;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.Engines.DurableTask.Tests.Official;

/// <summary>The mesh's own workflow on Durable Task: every turn of it is rebuilt from a history that Durable Task keeps and checks.</summary>
public sealed class MeshOnTestHostTests
{
    static CancellationToken Soon => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    [Fact]
    public async Task A_joiner_a_mover_and_a_leaver_come_to_their_ends()
    {
        await using var sample = new SampleMesh();
        await using var engine = await TestHostEngine.StartAsync(sample.Mesh.Catalog);
        sample.Mesh.Start(engine.Client);
        sample.Script.On = call => call is { Operation: "create" or "disable", Occurrence: 1 } ? Behaviour.Fail(FailureKind.Transient) : Behaviour.Obey;

        await CarryAsync(sample, engine.Client, SampleMesh.Hr(1, ChangeKind.Changed), runs: 1);
        Accounts(sample).ShouldAllBe(account => account.Active && account.Rights.Count == 1 && account.Attributes["department"] == "IT");
        await CarryAsync(sample, engine.Client, SampleMesh.Hr(2, ChangeKind.Changed, "Finance"), runs: 2);
        Accounts(sample).ShouldAllBe(account => account.Attributes["department"] == "Finance");
        await CarryAsync(sample, engine.Client, SampleMesh.Hr(3, ChangeKind.Terminated), runs: 3);
        Accounts(sample).ShouldAllBe(account => !account.Active && account.Rights.Count == 0);
    }

    static List<ScriptedAccount> Accounts(SampleMesh sample)
    {
        var accounts = sample.Targets.Values.SelectMany(target => target.Native.Values).ToList();
        accounts.Count.ShouldBe(2);
        return accounts;
    }

    /// <summary>Takes in an event and waits until its run, the newest of so many, has ended.</summary>
    static async Task CarryAsync(SampleMesh sample, IWorkflowClient client, ChangeEvent change, int runs)
    {
        await sample.Stores.Inbox.AcceptAsync([change], Soon);
        for (var cancel = Soon; ; cancel.ThrowIfCancellationRequested())
        {
            var page = await client.GetAllInstancesAsync(new(), cancel);
            if (page.Instances.Count == runs)
            {
                foreach (var run in page.Instances)
                {
                    var ended = await client.WaitForInstanceCompletionAsync(run.InstanceId, cancel);
                    (ended.Status, ended.Version).ShouldBe((WorkflowStatus.Completed, "2"), ended.Failure?.ToString());
                }

                return;
            }

            await sample.Mesh.SweepOnceAsync(cancel);
        }
    }
}
