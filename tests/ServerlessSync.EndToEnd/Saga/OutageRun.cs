using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Crash;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>A life lived by one process whose stores do not answer for a while. Its sender and its supervisor try again, as they do.</summary>
sealed class OutageRun : IAsyncDisposable
{
    readonly Life _life;
    readonly Stand _stand;
    readonly List<ChangeEvent> _events;

    public OutageRun(Life life, Stand stand, Outage outage)
    {
        (_life, _stand) = (life, stand);
        World = new MeshWorld(Lives.Configuration, stand.Rows, stand.History, disruption: outage);
        World.Script.On = life.Script;
        _events = [.. life.Events(World)];
    }

    public MeshWorld World { get; }

    /// <summary>Whether something had to be given up while the store was away, and was somebody's exception until it was mended.</summary>
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

    /// <summary>
    /// What was reckoned has come about; or its lack is an open exception, and comes about when somebody asks for a look. What a later event has
    /// mended by itself is an exception no more, but was one: the record says so.
    /// </summary>
    public async Task CheckAsync(string shown)
    {
        var open = await World.ExceptionsAsync();
        string[] effects = [.. World.Script.Effects.Select(e => $"{e.Target} {e.Operation} {e.Right}").Order(StringComparer.Ordinal)];
        GaveUp = !effects.SequenceEqual(_life.Effects) || !open.Select(e => e.Kind).SequenceEqual(_life.Exceptions);
        if (GaveUp && open.Count > 0)
        {
            open.ShouldAllBe(e => e.Owner == "identity-team" && e.IdentityId == MeshWorld.IdOf("ada") && e.Reason.Length > 0, shown);
            while (!await TryAsync(() => World.Mesh.Operators.LookAsync(MeshWorld.IdOf("ada"), "again", "ops", CancellationToken.None)))
            {
            }

            await World.SettleAsync();
        }

        if (GaveUp && _life == Lives.Leaver)
        {
            // Whose joining was given up may have no account to disable.
            World.Targets.Values.SelectMany(t => t.Native.Values).ShouldAllBe(a => !a.Active && a.Sessions == 0 && a.Rights.Count == 0, shown);
        }
        else
        {
            World.Standing().ShouldBe(_life.Standing, shown);
        }


        // An undoing that failed stays a person's even when a later run has undone the same.
        var left = (await World.ExceptionsAsync()).Select(e => e.Kind).Where(k => !GaveUp || _life.Exceptions.Count == 0 || k != "compensation-failed");
        left.ToList().ShouldBe(_life.Exceptions, customMessage: shown);
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
