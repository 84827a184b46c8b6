using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Crash;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>Two processes' ways to the same data.</summary>
sealed record Meeting(Stand Owner, Stand Successor) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Owner.DisposeAsync();
        await Successor.DisposeAsync();
    }
}

/// <summary>
/// A process that stops in the midst of a life and stays stopped past its lease; a successor that takes over, finishes and goes on; and the first
/// one waking from where it stood.
/// </summary>
sealed class SplitBrainRun : IAsyncDisposable
{
    /// <summary>Its third is longer than any wait the clock is moved over, so that time passes for the lease only when it is meant to.</summary>
    static readonly TimeSpan LeaseTime = TimeSpan.FromDays(9);
    readonly CancellationTokenSource _limit = new(TimeSpan.FromMinutes(2));
    readonly FakeTimeProvider _clock = new();
    readonly WatchedClock _leaseClock;
    readonly Life _life;
    readonly Stoppage _stoppage;
    readonly Meeting _meeting;
    readonly MeshWorld _owner;
    readonly List<ChangeEvent> _events;

    public SplitBrainRun(Life life, Stoppage stoppage, Func<TimeProvider, Meeting> meet)
    {
        (_life, _stoppage, _leaseClock) = (life, stoppage, new WatchedClock(_clock));
        _meeting = meet(_leaseClock);
        _owner = new MeshWorld(Lives.Configuration, _meeting.Owner.Rows, _meeting.Owner.History, disruption: stoppage, clock: _clock)
        {
            Owner = new HistoryOwner("machine-a", 1, 1), LeaseTime = LeaseTime,
        };
        Successor = _owner.Beside(_meeting.Successor.Rows, _meeting.Successor.History, new HistoryOwner("machine-b", 2, 2));
        _owner.Script.On = life.Script;
        _events = [.. life.Events(_owner)];
    }

    public MeshWorld Successor { get; }

    /// <summary>Lives until the owner stops; false when it never did.</summary>
    public async Task<bool> StopOwnerAsync()
    {
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token);
        var living = LiveAsync(stopped.Token);
        if (await Task.WhenAny(living, _stoppage.Stopped) == living && !_stoppage.Stopped.IsCompleted)
        {
            await living;
            return false;
        }

        await stopped.CancelAsync();
        Forget(living);
        return true;
    }

    /// <summary>The successor waits for the lease to lapse and takes over.</summary>
    public Task TakeOverAsync() => _leaseClock.MoveUntilAsync(Successor.StartAsync(), LeaseTime, _limit.Token);

    /// <summary>The sender, who got no answer, sends again; then comes what turns it all around.</summary>
    public async Task GoOnAsync()
    {
        foreach (var change in _events.ToList())
        {
            await Successor.CarryAsync(change);
        }

        Successor.Script.On = _ => Behaviour.Obey;
        _events.Add(_life.Next(Successor));
        await Successor.CarryAsync(_events[^1]);
        await Successor.EndRunsAsync();
    }

    /// <summary>The owner goes on from where it stood, until it has noticed and nothing of it is under way any more.</summary>
    public async Task WakeOwnerAsync(string shown)
    {
        _stoppage.Wake();
        (await Should.ThrowAsync<StoreException>(_owner.Completion.WaitAsync(_limit.Token))).Failure.ShouldBe(StoreFailure.Fenced, shown);
        await _owner.StopAsync();
    }

    /// <summary>The end is what the events say, each effect came about once, and nothing is open.</summary>
    public async Task CheckAsync(string shown)
    {
        await Successor.SettleAsync();
        Successor.Standing().ShouldBe(_life.NextStanding, shown);
        (await Successor.ExceptionsAsync()).ShouldBeEmpty(shown);
        await Successor.CheckOrderlyAsync(_events, shown);
    }

    public async ValueTask DisposeAsync()
    {
        _stoppage.Wake();
        await _owner.DisposeAsync();
        await Successor.DisposeAsync();
        await _meeting.DisposeAsync();
        _limit.Dispose();
    }

    async Task LiveAsync(CancellationToken stopped)
    {
        await _owner.StartAsync();
        foreach (var change in _events.ToList())
        {
            stopped.ThrowIfCancellationRequested();
            await _owner.Stores.Inbox.AcceptAsync([change], CancellationToken.None);
            await _owner.SettleAsync(stopped);
        }

        await _owner.EndRunsAsync();
    }

    /// <summary>Whatever becomes of the test's own part in the stopped process is of no interest.</summary>
    static void Forget(Task task) => _ = task.ContinueWith(
        static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
