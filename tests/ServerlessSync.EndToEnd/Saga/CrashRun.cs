using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Crash;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>What outlives a process.</summary>
sealed record Stand(IRowStore Rows, IWorkflowHistory History, IAsyncDisposable? Database) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Database?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>A life that is lived until the power is cut, and then to its end by a second process over the same stores and targets.</summary>
sealed class CrashRun(MeshConfiguration configuration, Stand stand, Power power, bool redelivers) : IAsyncDisposable
{
    readonly HashSet<string> _acknowledged = [];

    public MeshWorld World { get; } = new(configuration, new CrashableRowStore(stand.Rows, power), new CrashableHistory(stand.History, power));

    public bool Died { get; private set; }

    public IReadOnlyList<string> Effects =>
        [.. World.Script.Effects.Select(e => $"{e.Target} {e.Operation} {e.Right}").Order(StringComparer.Ordinal)];

    public async Task LiveAsync(Func<CrashRun, Task> life, int write, bool after)
    {
        power.CutAt(write, after);
        try
        {
            await World.StartAsync();
            await life(this);
        }
        catch (Exception) when (power.IsCut)
        {
            // Died, as asked.
        }

        Died = power.IsCut;
        await World.StopAsync();
        power.Restore();
        await World.StartAsync();
        await life(this);
    }

    /// <summary>Sends an event until it is acknowledged, or again after a restart where the sender redelivers, and carries it through.</summary>
    public async Task CarryAsync(ChangeEvent change)
    {
        if (redelivers || !_acknowledged.Contains(change.Id))
        {
            await World.Stores.Inbox.AcceptAsync([change], CancellationToken.None);
            _acknowledged.Add(change.Id);
        }

        await World.SettleAsync(power.Cut);
    }

    /// <summary>One identity, its lane idle and found by no sweep, its events applied, its claims confirmed, its audit whole.</summary>
    public async Task CheckOrderlyAsync(IReadOnlyList<string> events, string shown)
    {
        var stores = World.Stores;
        var identities = new List<string>();
        await foreach (var view in stores.Registry.ReadAllAsync(null, CancellationToken.None))
        {
            identities.Add(view.Record.Id);
        }

        var id = identities.ShouldHaveSingleItem(shown);
        (await stores.Lanes.FindAsync(id, CancellationToken.None)).IsIdle.ShouldBeTrue(shown);
        foreach (var key in events.Select(e => Inbox.KeyOf("hr", e)))
        {
            (await stores.Inbox.FindAsync(key, CancellationToken.None))!.Status.ShouldBe(InboxStatus.Applied, shown);
        }

        await foreach (var row in stand.Rows.ScanAsync(TableNames.Claims, KeyRange.All, CancellationToken.None))
        {
            MeshJson.FromRow<Claim>(row).ShouldSatisfyAllConditions(shown, c => c.Confirmed.ShouldBeTrue(), c => c.IdentityId.ShouldBe(id));
        }

        (await new AuditVerifier(stand.Rows).VerifyAsync(CancellationToken.None)).Faults.ShouldBeEmpty(shown);
        var trail = await Trail.ReadAsync(stand.Rows, id);
        trail.Select(e => e.Entry.Id).ShouldBeUnique(shown);
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();
}
