using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.TestKit.Crash;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>A life lived by one process whose stores do not answer for a while. Its sender and its supervisor try again, as they do.</summary>
sealed class OutageRun : IAsyncDisposable
{
    readonly Life _life;
    readonly Stand _stand;
    readonly List<ChangeEvent> _events;

    public OutageRun(Life life, Stand stand, Outage outage, bool rowsOnly = false)
    {
        (_life, _stand) = (life, stand);
        World = new MeshWorld(Lives.Configuration, stand.Rows, stand.History, disruption: outage) { DisruptsRowsOnly = rowsOnly };
        World.Script.On = life.Script;
        _events = [.. life.Events(World)];
    }

    public MeshWorld World { get; }

    /// <summary>Whether a run could not wait on for the store, and its event was begun anew by another.</summary>
    public bool BegunAnew { get; private set; }

    public async Task LiveAsync()
    {
        await StartAsync();
        foreach (var change in _events)
        {
            while (!await TryAsync(() => World.Stores.Inbox.AcceptAsync([change], CancellationToken.None)))
            {
            }

            await World.SettleAsync();
        }

        await World.EndRunsAsync();
    }

    /// <summary>What was reckoned has come about: every effect once, unless a run had to be begun anew, and the same end in any case.</summary>
    public async Task CheckAsync(string shown)
    {
        var runs = await World.History.ListAsync(new WorkflowInstanceQuery { PageSize = 1000 }, CancellationToken.None);
        BegunAnew = runs.Instances.Count > _events.Count;
        if (!BegunAnew)
        {
            string[] effects = [.. World.Script.Effects.Select(e => $"{e.Target} {e.Operation} {e.Right}").Order(StringComparer.Ordinal)];
            effects.ShouldBe(_life.Effects, customMessage: shown);
        }

        World.Standing().ShouldBe(_life.Standing, shown);
        (await World.ExceptionsAsync()).Select(e => e.Kind).ToList().ShouldBe(_life.Exceptions, customMessage: shown);
        await World.CheckOrderlyAsync(_events, shown);
    }

    public async ValueTask DisposeAsync()
    {
        await World.DisposeAsync();
        await _stand.DisposeAsync();
    }

    async Task StartAsync()
    {
        while (!await TryAsync(World.StartAsync))
        {
            await World.StopAsync();
        }
    }

    static async Task<bool> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Unavailable)
        {
            return false;
        }
    }
}
