using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Scripted;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>
/// What happens to people while they are compared, by the clock the test moves: a second passes with each page of accounts, and then second by second
/// while suspects are looked at; in each, one of a hundred people moves or leaves. A few accounts are changed natively before and meanwhile.
/// </summary>
sealed class SteadyChanges
{
    const int OneOf = 100;
    const int DriftOf = 20;
    const int LeaverOf = 20;

    /// <summary>Seconds in which suspects are looked at, waits included.</summary>
    const int Looking = 150;

    const int MostLooks = 2_000;

    /// <summary>Writes that take until somebody was seen in flight.</summary>
    const int Held = 3;

    static readonly string[] Departments = ["Finance", "IT", "Sales"];

    readonly ComparedWorld _world;
    readonly int _people;
    readonly Random _random;
    readonly ChangeEvent?[] _last;
    readonly Queue<int> _toDrift;
    readonly Lock _gate = new();
    readonly List<string> _planted = [];

    /// <summary>Changes half of those accounts that are changed natively.</summary>
    public SteadyChanges(ComparedWorld world, int people, Random random)
    {
        (_world, _people, _random, _last) = (world, people, random, new ChangeEvent?[people]);
        var drifted = Enumerable.Range(0, people).ToArray();
        random.Shuffle(drifted);
        _toDrift = new Queue<int>(drifted.Take(people / DriftOf));
        for (var half = _toDrift.Count / 2; half > 0; half--)
        {
            Drift();
        }
    }

    /// <summary>What was planted, as a comparison finds it.</summary>
    public IReadOnlyCollection<string> Planted => _planted;

    /// <summary>Marks of the accounts that were changed natively.</summary>
    public HashSet<string> Drifted { get; } = new(StringComparer.Ordinal);

    /// <summary>Events HR has told.</summary>
    public int Told { get; private set; }

    /// <summary>Most suspects that were seen in flight at once.</summary>
    public int SeenInFlight { get; private set; }

    /// <summary>Seconds that have passed.</summary>
    public int Seconds { get; private set; }

    /// <summary>Compares while people change: while accounts are read and looked at; what follows is left to the comparison.</summary>
    public async Task<ReconcileReport> CompareAsync()
    {
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _world.Paged(Everyone).OnPage = (_, page) =>
        {
            Pass();
            if (page.NextToken is null)
            {
                read.TrySetResult();
            }

            return page;
        };
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(Sweep.Pick(10, 60)));
        var released = await HoldAsync(limit.Token);
        var run = await _world.BeginAsync();
        var ended = _world.World.Client.WaitForInstanceCompletionAsync(run, limit.Token);
        await Task.WhenAny(ended, read.Task);
        await PassWhileLookedAtAsync(ended, released, limit.Token);
        released.TrySetResult();
        _world.Paged(Everyone).OnPage = (_, page) => page;
        while (_toDrift.Count > 0)
        {
            Drift();
        }

        return await _world.EndAsync(run);
    }

    /// <summary>Everybody's account is as HR has said last, and nothing of what was planted is left.</summary>
    public void CheckStanding()
    {
        var accounts = _world.Target().Native;
        for (var person = 0; person < _people; person++)
        {
            var (account, last) = (accounts[Key(person)], _last[person]);
            var department = last?.Data.GetValueOrDefault("department") ?? Departments[person % Departments.Length];
            var left = last?.Kind == ChangeKind.Terminated;
            string[] rights = left ? [] : department == "Sales" ? ["group:All"] : ["group:All", "group:" + department];
            (account.Active, string.Join(' ', account.Rights)).ShouldBe((!left, string.Join(' ', rights)), $"{Name(person)} after {last}");
            if (!left)
            {
                account.Attributes.Where(a => a.Key is "department" or "title").Select(a => a.Value).ShouldBe([department], $"{Name(person)} after {last}");
            }
        }
    }

    /// <summary>Some have moved, and the target takes its time to write it: they are in flight until it is let go on.</summary>
    async Task<TaskCompletionSource> HoldAsync(CancellationToken cancellationToken)
    {
        var (holding, released) = (Signal(), Signal());
        var held = 0;
        _world.World.Script.On = call =>
        {
            if (call is not { Target: Everyone, Operation: "update" } || Interlocked.Increment(ref held) > Held)
            {
                return Behaviour.Obey;
            }

            if (Volatile.Read(ref held) >= Held)
            {
                holding.TrySetResult();
            }

            return Behaviour.Hold(released.Task);
        };
        await _world.World.Stores.Inbox.AcceptAsync([.. Enumerable.Range(0, Held).Select(Move)], cancellationToken);
        Told += Held;
        await holding.Task.WaitAsync(cancellationToken);
        return released;

        static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    ChangeEvent Move(int person) =>
        _last[person] = _world.World.Hr(Name(person), (_last[person]?.Sequence ?? 1) + 1, Departments[(person + 1) % Departments.Length]);

    async Task PassWhileLookedAtAsync(Task ended, TaskCompletionSource released, CancellationToken cancellationToken)
    {
        for (var second = 0; second < Looking && !ended.IsCompleted && (await _world.LastAsync()).PlanHash is null; second++)
        {
            await Task.WhenAny(ended, _world.World.Clock.WaitForTimerAsync(TimeSpan.FromDays(2), cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            await CarriedAsync(Pass(), cancellationToken);
            SeenInFlight = Math.Max(SeenInFlight, await CountInFlightAsync(cancellationToken));
            if (SeenInFlight > 0)
            {
                released.TrySetResult();
            }
        }
    }

    async Task<int> CountInFlightAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        await foreach (var (_, suspect) in _world.Stores.Suspects.ReadAsync(Everyone, (await _world.LastAsync()).Number, null, cancellationToken))
        {
            count += suspect.State == SuspectState.InFlight ? 1 : 0;
        }

        return count;
    }

    /// <summary>A second passes.</summary>
    List<ChangeEvent> Pass()
    {
        lock (_gate)
        {
            Seconds++;
            var changes = Enumerable.Range(0, Math.Max(1, _people / OneOf)).Select(_ => _random.Next(_people)).Distinct().Select(Change).OfType<ChangeEvent>().ToList();
            _world.World.Stores.Inbox.AcceptAsync(changes, CancellationToken.None).GetAwaiter().GetResult();
            Told += changes.Count;
            if (_toDrift.Count > 0 && _random.Next(DriftOf) == 0)
            {
                Drift();
            }

            _world.World.Clock.Advance(TimeSpan.FromSeconds(1));
            return changes;
        }
    }

    /// <summary>Gives the runs of those who have moved the chance to end within their second; leavers are proven later.</summary>
    async Task CarriedAsync(List<ChangeEvent> changes, CancellationToken cancellationToken)
    {
        var looks = 0;
        foreach (var change in changes.Where(c => c.Kind == ChangeKind.Changed))
        {
            var run = Lanes.RunId(MeshWorld.IdOf(change.Subject), change.Sequence!.Value);
            for (; looks < MostLooks && await _world.World.Client.GetInstanceAsync(run, cancellationToken) is not { HasEnded: true }; looks++)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>The next word of HR about somebody; null when they have left.</summary>
    ChangeEvent? Change(int person)
    {
        var sequence = (_last[person]?.Sequence ?? 1) + 1;
        return _last[person] is { Kind: ChangeKind.Terminated }
            ? null
            : _last[person] = _random.Next(LeaverOf) == 0
                ? _world.World.Leaver(Name(person), sequence)
                : _world.World.Hr(Name(person), sequence, Departments[_random.Next(Departments.Length)]);
    }

    void Drift()
    {
        var person = _toDrift.Dequeue();
        Drifted.Add(Id(person));
        switch (person % 3)
        {
            case 0:
                Plant(person, a => a with { Active = !a.Active }, string.Empty, DriftKind.Status, DriftKind.ExpiredButAlive);
                break;
            case 1:
                Plant(person, a => a.Set("title", "Chief"), "title", DriftKind.Attribute);
                break;
            default:
                Plant(person, a => a.Plus("group:Odd"), "group:Odd", DriftKind.ExtraGrant, DriftKind.ExpiredButAlive);
                break;
        }
    }

    /// <summary>Who leaves meanwhile has the drift of one who has left.</summary>
    void Plant(int person, Func<ScriptedAccount, ScriptedAccount> change, string about, params DriftKind[] kinds)
    {
        _world.Change(person, change);
        _planted.AddRange(kinds.Select(kind => Line(Id(person), kind, about)));
    }
}
