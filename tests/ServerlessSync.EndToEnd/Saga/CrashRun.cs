using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Model;
using ServerlessSync.TestKit.Crash;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>Where a process dies.</summary>
/// <param name="AtCall">At its nth call of a target; else at its nth write to a store.</param>
/// <param name="Number">Which, from 1.</param>
/// <param name="After">Whether what it asked for is done first; nobody hears of it.</param>
readonly record struct Death(bool AtCall, int Number, bool After)
{
    public override string ToString() => $"dead {(After ? "after" : "before")} {(AtCall ? "call" : "write")} {Number}";
}

/// <summary>A life lived by one process after another over the same stores and targets, each dying where it is told, the last one never.</summary>
sealed class CrashRun : IAsyncDisposable
{
    readonly HashSet<string> _acknowledged = [];
    readonly Life _life;
    readonly Power _power = new();
    readonly IReadOnlyList<ChangeEvent> _events;
    Stand _stand;
    Death _death;
    int _calls;

    public CrashRun(Life life, Stand stand)
    {
        (_life, _stand) = (life, stand);
        World = new MeshWorld(Lives.Configuration, stand.Rows, stand.History, disruption: _power);
        World.Script.On = Call;
        _events = life.Events(World);
    }

    public MeshWorld World { get; }

    /// <summary>Processes that died.</summary>
    public int Deaths { get; private set; }

    /// <summary>Whether the sender sends everything again after a restart, acknowledged or not.</summary>
    public bool Redelivers { get; init; }

    public async Task LiveAsync(params Death[] deaths)
    {
        foreach (var death in deaths)
        {
            _death = death;
            _power.CutAt(death.AtCall ? 0 : death.Number, death.After);
            try
            {
                await LiveOnceAsync();
            }
            catch (Exception) when (_power.IsCut)
            {
                // Died, as asked.
            }

            Deaths += _power.IsCut ? 1 : 0;
            await ReplaceAsync();
        }

        _death = default;
        await LiveOnceAsync();
    }

    /// <summary>What was reckoned has come about, each effect once; the record is orderly.</summary>
    public async Task CheckAsync(string shown)
    {
        string[] effects = [.. World.Script.Effects.Select(e => $"{e.Target} {e.Operation} {e.Right}").Order(StringComparer.Ordinal)];
        effects.ShouldBe(_life.Effects, customMessage: shown);
        World.Standing().ShouldBe(_life.Standing, shown);
        (await World.ExceptionsAsync()).Select(e => e.Kind).ShouldBe(_life.Exceptions, customMessage: shown);
        await World.CheckOrderlyAsync(_events, shown);
    }

    public async ValueTask DisposeAsync()
    {
        await World.DisposeAsync();
        await _stand.DisposeAsync();
    }

    async Task LiveOnceAsync()
    {
        await World.StartAsync();
        foreach (var change in _events)
        {
            if (Redelivers || !_acknowledged.Contains(change.Id))
            {
                await World.Stores.Inbox.AcceptAsync([change], CancellationToken.None);
                _acknowledged.Add(change.Id);
            }

            await World.SettleAsync(_power.Cut);
        }
    }

    async Task ReplaceAsync()
    {
        await World.StopAsync();
        _stand = await _stand.OpenAgainAsync();
        World.Reopen(_stand.Rows, _stand.History);
        _power.Restore();
        Volatile.Write(ref _calls, 0);
    }

    Behaviour Call(ScriptedCall call)
    {
        if (!_death.AtCall || Interlocked.Increment(ref _calls) != _death.Number)
        {
            return _life.Script(call);
        }

        if (_death.After && _life.Script(call) is Behaviour.Obeying)
        {
            return Behaviour.LoseReplyAnd(_power.CutNow);
        }

        _power.CutNow();
        return Behaviour.Fail(FailureKind.OutcomeUnknown);
    }
}
