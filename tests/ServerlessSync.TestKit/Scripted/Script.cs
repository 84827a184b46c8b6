using System.Collections.Concurrent;
using ServerlessSync.Connectors;

namespace ServerlessSync.TestKit.Scripted;

/// <summary>A call as the script sees it: by what it means, never by when it comes.</summary>
/// <param name="Target">The target.</param>
/// <param name="Operation">find, readGrants, countSessions, create, update, enable, disable, delete, grant, revoke, revokeSessions.</param>
/// <param name="Mark">The identity's mark, or the key for reads by key.</param>
/// <param name="Right">The right, for grant and revoke.</param>
/// <param name="Occurrence">1 for the first call of this target, operation, mark and right.</param>
public sealed record ScriptedCall(string Target, string Operation, string Mark, string? Right, int Occurrence);

/// <summary>What a scripted target does with a call.</summary>
public abstract record Behaviour
{
    /// <summary>Does as asked.</summary>
    public static Behaviour Obey { get; } = new Obeying();

    /// <summary>Fails without effect.</summary>
    public static Behaviour Fail(FailureKind kind, TimeSpan? retryAfter = null) => new Failing(kind, retryAfter);

    /// <summary>Has the effect, then loses the answer.</summary>
    public static Behaviour LoseReply { get; } = new LosingReply(null);

    /// <summary>Has the effect, then does something to the caller, who never gets the answer.</summary>
    public static Behaviour LoseReplyAnd(Action then) => new LosingReply(then);

    /// <summary>Has the effect only when released, whatever becomes of the caller; ignores cancellation like a server that has the request already.</summary>
    public static Behaviour Hold(Task released) => new Holding(released);

    /// <summary>A read that still shows the state before the target's last change.</summary>
    public static Behaviour Lag { get; } = new Lagging();

    public sealed record Lagging : Behaviour;

    public sealed record Obeying : Behaviour;

    public sealed record Failing(FailureKind Kind, TimeSpan? RetryAfter) : Behaviour;

    public sealed record LosingReply(Action? Then) : Behaviour;

    public sealed record Holding(Task Released) : Behaviour;
}

/// <summary>An effect that changed a target's state.</summary>
/// <param name="Target">The target.</param>
/// <param name="Operation">As in <see cref="ScriptedCall"/>.</param>
/// <param name="Mark">The identity's mark.</param>
/// <param name="Right">The right, for grant and revoke.</param>
/// <param name="Key">The idempotency key it came with.</param>
public sealed record ScriptedEffect(string Target, string Operation, string Mark, string? Right, string Key);

/// <summary>
/// What scripted targets do, and what really happened on them. The oracle counts here: an effect is noted only when state changed.
/// </summary>
public sealed class Script
{
    readonly ConcurrentDictionary<(string, string, string, string?), int> _occurrences = new();
    readonly ConcurrentQueue<ScriptedEffect> _effects = new();
    readonly ConcurrentQueue<ScriptedCall> _calls = new();

    /// <summary>Decides about each call; obeys by default.</summary>
    public Func<ScriptedCall, Behaviour> On { get; set; } = _ => Behaviour.Obey;

    /// <summary>Every effect, in order.</summary>
    public IReadOnlyCollection<ScriptedEffect> Effects => _effects;

    /// <summary>Every call, in order.</summary>
    public IReadOnlyCollection<ScriptedCall> Calls => _calls;

    internal Behaviour Next(string target, string operation, string mark, string? right)
    {
        var occurrence = _occurrences.AddOrUpdate((target, operation, mark, right), 1, (_, n) => n + 1);
        var call = new ScriptedCall(target, operation, mark, right, occurrence);
        _calls.Enqueue(call);
        return On(call);
    }

    internal void Note(ScriptedEffect effect) => _effects.Enqueue(effect);
}
