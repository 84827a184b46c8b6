using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>What holds of every world once it has settled, whatever it went through.</summary>
static class Order
{
    /// <summary>
    /// Of one person: one identity whose lane is idle; each event applied by a run that has ended, begun anew or not; claims confirmed; the audit whole, without
    /// an entry twice, and red wherever a run was; no effect twice under one idempotency key.
    /// </summary>
    public static async Task CheckOrderlyAsync(this MeshWorld world, IReadOnlyList<ChangeEvent> events, string shown)
    {
        await world.EndRunsAsync();
        var id = MeshWorld.IdOf(events[0].Subject);
        (await IdentitiesAsync(world)).ShouldBe([id], customMessage: shown);
        (await world.Seen.Lanes.FindAsync(id, CancellationToken.None)).IsIdle.ShouldBeTrue(shown);
        foreach (var change in events)
        {
            var row = await world.Seen.Inbox.FindAsync(Inbox.KeyOf(change.Source, change.Id), CancellationToken.None);
            row.ShouldNotBeNull(shown).Status.ShouldBe(InboxStatus.Applied, shown);
        }

        await foreach (var row in world.Rows.ScanAsync(TableNames.Claims, KeyRange.All, CancellationToken.None))
        {
            MeshJson.FromRow<Claim>(row).ShouldSatisfyAllConditions(shown, c => c.Confirmed.ShouldBeTrue(), c => c.IdentityId.ShouldBe(id));
        }

        await CheckRecordAsync(world, id, shown);
    }

    static async Task CheckRecordAsync(MeshWorld world, string id, string shown)
    {
        (await new AuditVerifier(world.Rows).VerifyAsync(CancellationToken.None)).Faults.ShouldBeEmpty(shown);
        var trail = await Trail.ReadAsync(world.Rows, id);
        trail.Select(e => e.Entry.Id).ShouldBeUnique(shown);
        CheckEffects(world, trail, shown);
        var runs = (await world.History.ListAsync(new WorkflowInstanceQuery { PageSize = 1000 }, CancellationToken.None)).Instances;
        runs.ShouldAllBe(r => r.HasEnded, shown);
        var begun = trail.Count(e => e.Entry.Kind is AuditKind.EventQueued or AuditKind.RunRepeated);
        runs.Count.ShouldBe(begun, shown);

        // Whatever is not green is somebody's: an exception was opened for it or names it, or the one before it was still open.
        var green = await Trail.GreenAsync(world.Rows, id);
        var opened = await world.OpenedAsync(id);
        foreach (var run in runs.Where(r => !green.GetValueOrDefault(r.InstanceId)))
        {
            opened.Where(e => e.Run == run.InstanceId || e.Reason.StartsWith($"run {run.InstanceId} ", StringComparison.Ordinal) || e.SettledAt is null || e.SettledAt > run.LastUpdatedAt)
                .ShouldContain(e => e.Owner.Length > 0, $"{shown}: {run.InstanceId} is {run.Status} and nobody's");
        }
    }

    /// <summary>Each once under its idempotency key; but what writes attributes back is an update as well, under the key of the step it undoes.</summary>
    static void CheckEffects(MeshWorld world, IReadOnlyList<TrailEntry> trail, string shown)
    {
        foreach (var same in world.Script.Effects.GroupBy(e => e))
        {
            var undone = same.Key.Operation == "update" && trail.Any(e =>
                e.Entry.Kind == AuditKind.Undone && same.Key.Key == $"{e.Entry.Id.Split(':')[0]}:{(string?)e.Content["step"]}");
            same.Count().ShouldBeLessThanOrEqualTo(undone ? 2 : 1, $"{shown}: {same.Key}");
        }
    }

    /// <summary>Every exception that was ever opened for an identity.</summary>
    public static async Task<IReadOnlyList<ExceptionItem>> OpenedAsync(this MeshWorld world, string id)
    {
        var opened = new List<ExceptionItem>();
        await foreach (var row in world.Rows.ScanAsync(TableNames.Exceptions, KeyRange.All, CancellationToken.None))
        {
            if (row.Partition == id && row.Key.StartsWith("x-", StringComparison.Ordinal))
            {
                opened.Add(MeshJson.FromRow<ExceptionItem>(row));
            }
        }

        return opened;
    }

    static async Task<IReadOnlyList<string>> IdentitiesAsync(MeshWorld world)
    {
        var identities = new List<string>();
        await foreach (var view in world.Seen.Registry.ReadAllAsync(null, CancellationToken.None))
        {
            identities.Add(view.Record.Id);
        }

        return identities;
    }
}
