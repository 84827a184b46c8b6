using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Crash;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>A life lived by one process whose stores do not answer for a while. Its sender and its supervisor try again, as they do.</summary>
sealed class OutageRun : IAsyncDisposable
{
    readonly Life _life;
    readonly Stand _stand;
    readonly Outage _outage;
    readonly List<ChangeEvent> _events;

    public OutageRun(Life life, Stand stand, Outage outage)
    {
        (_life, _stand, _outage) = (life, stand, outage);
        World = new MeshWorld(Lives.Configuration, stand.Rows, stand.History, disruption: outage);
        World.Script.On = life.Script;
        _events = [.. life.Events(World)];
    }

    public MeshWorld World { get; }

    /// <summary>Whether the outage was met.</summary>
    public bool Failed => _outage.Failed > 0;

    /// <summary>Whether something had to be given up while the store was away, and was somebody's exception until it was looked at again.</summary>
    public bool GaveUp { get; private set; }

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

    /// <summary>What was reckoned has come about; or its lack is an open exception, and comes about when somebody asks for a look.</summary>
    public async Task CheckAsync(string shown)
    {
        var open = await World.ExceptionsAsync();
        GaveUp = !open.Select(e => e.Kind).SequenceEqual(_life.Exceptions);
        if (GaveUp)
        {
            open.ShouldNotBeEmpty(shown);
            open.ShouldAllBe(e => e.Owner == "identity-team" && e.IdentityId == MeshWorld.IdOf("ada") && e.Reason.Length > 0, shown);
            await World.Mesh.Operators.LookAsync(MeshWorld.IdOf("ada"), "again", "ops", CancellationToken.None);
            await World.SettleAsync();
        }
        else
        {
            string[] effects = [.. World.Script.Effects.Select(e => $"{e.Target} {e.Operation} {e.Right}").Order(StringComparer.Ordinal)];
            effects.ShouldBe(_life.Effects, customMessage: shown);
        }

        World.Standing().ShouldBe(_life.Standing, shown);
        (await World.ExceptionsAsync()).Select(e => e.Kind).ShouldBe(_life.Exceptions, customMessage: shown);
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
