using Npgsql;
using ServerlessSync.Demo.Hr;
using ServerlessSync.Demo.World;

namespace ServerlessSync.Demo;

/// <summary>Plays a year of the sample company: everybody joins, some move, some leave, one comes back.</summary>
sealed class Play : IAsyncDisposable
{
    const int JoinersBeforeStop = 60;
    const string Password = "of-their-own";

    // They manage people; what they were doing when they left must end with them.
    static readonly string[] SignedInLeavers = ["kmourgos", "ezlotkey"];

    readonly SampleWorld _world;
    readonly Options _options;
    readonly ProgressLine _progress;
    readonly Waiter _waiter;
    readonly List<UserSession> _sessions = [];

    public Play(SampleWorld world, Options options, ProgressLine progress)
    {
        _world = world;
        _options = options;
        _progress = progress;
        Script = new HrScript(world.Hr);
        Sender = world.NewSender();
        _waiter = new Waiter(world, Script, Sender, progress);
    }

    public HrScript Script { get; }

    public HrSender Sender { get; }

    /// <summary>Leavers who were signed in to the database when they left.</summary>
    public IReadOnlyList<UserSession> Sessions => _sessions;

    /// <summary>Sends everything, with pauses only where the next scene needs the one before to be over.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await JoinAsync(cancellationToken);
        await SendAsync(Script.Moves, "moves", cancellationToken);
        var settled = await _waiter.UntilIdleAsync(NoOne, _options.Deadline, cancellationToken);
        if (_options.Stop is null && settled)
        {
            await SignInAsync(cancellationToken);
        }

        await SendAsync(Script.Leavers, "leavers", cancellationToken);
        if (_options.Stop is null)
        {
            await _waiter.UntilIdleAsync(Ids(Script.Leavers), _options.Deadline, cancellationToken);
        }

        await SendAsync([Script.Return], "returns", cancellationToken);
    }

    /// <summary>Waits until all of it is done.</summary>
    /// <returns>Whether it was in time.</returns>
    public Task<bool> UntilDoneAsync(TimeSpan limit, CancellationToken cancellationToken) =>
        _waiter.UntilIdleAsync(Ids(Script.Leavers.Where(l => l.Employee.Id != HrScript.Returning)), limit, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions)
        {
            await session.DisposeAsync();
        }
    }

    static HashSet<string> NoOne => new(StringComparer.Ordinal);

    static HashSet<string> Ids(IEnumerable<HrEvent> events) => events.Select(e => e.Employee.Id).ToHashSet(StringComparer.Ordinal);

    async Task JoinAsync(CancellationToken cancellationToken)
    {
        if (_options.Stop is not { } stop)
        {
            await SendAsync(Script.Joins, $"joiners, {Script.ReportsFirst} of them before their managers", cancellationToken);
            return;
        }

        await SendAsync([.. Script.Joins.Take(JoinersBeforeStop)], "joiners", cancellationToken);
        await _world.KillAsync(stop, cancellationToken);
        _progress.Say($"killed {stop}");
        await SendAsync([.. Script.Joins.Skip(JoinersBeforeStop)], "joiners", cancellationToken);
    }

    async Task SendAsync(IReadOnlyList<HrEvent> events, string what, CancellationToken cancellationToken)
    {
        foreach (var hrEvent in events)
        {
            await Sender.SendAsync(hrEvent, cancellationToken);
        }

        _progress.Say(FormattableString.Invariant($"sent {events.Count} {what}"));
    }

    /// <summary>Leavers set a password of their own and sign in, as people do.</summary>
    async Task SignInAsync(CancellationToken cancellationToken)
    {
        foreach (var role in SignedInLeavers)
        {
            try
            {
                await _world.PostgreSql.ExecuteAsync($"ALTER ROLE \"{role}\" PASSWORD '{Password}'", cancellationToken);
                _sessions.Add(await UserSession.OpenAsync(_world.PostgreSql, role, Password, cancellationToken));
            }
            catch (PostgresException e)
            {
                _progress.Say($"{role} could not sign in: {e.MessageText}");
            }
        }

        _progress.Say($"signed in to {_world.PostgreSqlTarget} and about to leave: {string.Join(", ", _sessions.Select(s => s.Role))}");
    }
}
