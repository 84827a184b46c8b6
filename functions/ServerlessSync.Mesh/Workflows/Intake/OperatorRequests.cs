using System.Globalization;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Policy;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Change;

namespace ServerlessSync.Mesh.Workflows.Intake;

/// <summary>What became of an operator's request.</summary>
/// <param name="Run">Id of the run that acts on it; null when it was not taken.</param>
/// <param name="IsNew">False when the same request was taken before.</param>
/// <param name="Denied">Why policy denies it, or null.</param>
/// <param name="Unknown">Whether there is no such identity.</param>
public sealed record OperatorAnswer(string? Run, bool IsNew = false, string? Denied = null, bool Unknown = false);

/// <summary>What an operator asks of a run.</summary>
/// <param name="Run">Id of the run.</param>
/// <param name="Asks">The act: stop, suspend, resume, raiseEvent.</param>
/// <param name="Reason">Why, or null.</param>
/// <param name="Event">Name of the event that is raised, or null.</param>
public sealed record RunSignal(string Run, string Asks, string? Reason = null, string? Event = null);

/// <summary>What operators ask of the mesh: it goes the way of every event, through policy, inbox and lane.</summary>
public sealed class OperatorRequests
{
    readonly MeshStores _stores;
    readonly MeshConfiguration _configuration;
    readonly IPolicy _policy;
    readonly Queueing _queueing;

    internal OperatorRequests(MeshStores stores, MeshConfiguration configuration, IPolicy policy, Queueing queueing)
    {
        _stores = stores;
        _configuration = configuration;
        _policy = policy;
        _queueing = queueing;
    }

    /// <summary>Asks the mesh to look at an identity again: what it should have is compared with what is recorded, and the difference carried out.</summary>
    /// <param name="identityId">The identity.</param>
    /// <param name="requestId">The request's id; the same id again is the same request.</param>
    /// <param name="requestedBy">Who asks.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<OperatorAnswer> LookAsync(string identityId, string requestId, string requestedBy, CancellationToken cancellationToken)
    {
        if (!StoreLimits.IsKey(identityId) || await _stores.Registry.FindAsync(identityId, cancellationToken) is null)
        {
            return new OperatorAnswer(null, Unknown: true);
        }

        var decision = Decide(identityId, requestedBy);
        await AuditAsync(identityId, $"request:{requestId}", new { requestedBy, asks = "look", decision }, cancellationToken);
        if (!decision.Allow)
        {
            return new OperatorAnswer(null, Denied: $"{decision.Rule}: {decision.Reason}");
        }

        var look = MeshSource.Look(identityId, $"request-{requestId}", _stores.Clock.GetUtcNow(), again: requestId);
        var isNew = (await _stores.Inbox.AcceptAsync([look], cancellationToken))[0];
        await _queueing.QueueAsync(Inbox.KeyOf(look.Source, look.Id), cancellationToken);
        var number = await _stores.Lanes.FindNumberAsync(identityId, look, cancellationToken);
        return new OperatorAnswer(number is null ? null : Lanes.RunId(identityId, number.Value), isNew);
    }

    /// <summary>
    /// Carries the event of an exception out anew, after its cause was mended: it goes through inbox, lane, policy and plan like any other, so it
    /// may turn out stale or be refused again, which opens an exception of its own. Asking again for the same exception changes nothing.
    /// </summary>
    /// <param name="exceptionId">The exception; settled by this.</param>
    /// <param name="requestedBy">Who asks.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<ReplayAnswer> ReplayAsync(string exceptionId, string requestedBy, CancellationToken cancellationToken)
    {
        if (await _stores.Exceptions.FindAsync(exceptionId, cancellationToken) is not { } exception)
        {
            return new ReplayAnswer(ReplayDecision.Unknown);
        }

        if (exception.Event is not { } of || (await _stores.Inbox.FindAsync(Inbox.KeyOf(of.Source, of.Id), cancellationToken))?.Event is not { } original)
        {
            return new ReplayAnswer(ReplayDecision.NothingToReplay);
        }

        // Made of the exception, so that whoever asks twice asks for the same.
        var replay = new EventReference(of.Source, "replay-" + KeyText.Hash(string.Create(CultureInfo.InvariantCulture, $"{exception.Id}\n{exception.OpenedAt.UtcTicks}")));
        var key = Inbox.KeyOf(replay.Source, replay.Id);
        if (await _stores.Inbox.FindAsync(key, cancellationToken) is null)
        {
            if (exception.SettledAt is not null)
            {
                return new ReplayAnswer(ReplayDecision.Settled);
            }

            if (await DeniedAsync(exception, replay, requestedBy, cancellationToken) is { } denied)
            {
                return new ReplayAnswer(ReplayDecision.Denied, Reason: denied);
            }

            await _stores.Inbox.AcceptAsync([Repeat(original, exception, replay.Id)], cancellationToken);
        }

        await _stores.Exceptions.SettleAsync(exception.IdentityId, exception.Id, $"replayed by {requestedBy} as {replay.Source}/{replay.Id}", cancellationToken);
        return new ReplayAnswer(ReplayDecision.Taken, replay);
    }

    /// <summary>The event said anew. Whose order was in doubt, an operator has settled that: it is said now.</summary>
    ChangeEvent Repeat(ChangeEvent original, ExceptionItem exception, string id)
    {
        var now = _stores.Clock.GetUtcNow();
        var repeated = original with { Id = id, ReplayOf = exception.Event!.Id, ReceivedAt = now };
        return exception.Kind == PrepareActivity.OrderInDoubt ? repeated with { Sequence = null, OccurredAt = now } : repeated;
    }

    /// <summary>Records in the identity's stream what an operator asks of its run. Asking twice is two entries.</summary>
    /// <param name="signal">What is asked.</param>
    /// <param name="requestedBy">Who asks.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task RecordSignalAsync(RunSignal signal, string requestedBy, CancellationToken cancellationToken)
    {
        var identityId = Lanes.IdentityOf(signal.Run);
        if (await _stores.Registry.FindAsync(identityId, cancellationToken) is not null)
        {
            await AuditAsync(
                identityId, $"{signal.Run}:{signal.Asks}",
                new { requestedBy, asks = signal.Asks, run = signal.Run, @event = signal.Event, reason = signal.Reason }, cancellationToken);
        }
    }

    /// <summary>Records that an operator stops a run hard, and opens the exception somebody has to settle. Repeating it changes nothing.</summary>
    public async Task RecordHardStopAsync(string run, string? reason, string requestedBy, CancellationToken cancellationToken)
    {
        var identityId = Lanes.IdentityOf(run);
        var known = await _stores.Registry.FindAsync(identityId, cancellationToken) is not null;
        var now = _stores.Clock.GetUtcNow();
        var opened = await _stores.Exceptions.OpenAsync(
            new ExceptionItem(
                $"{run}:hard-stop", "hard-stop", known ? identityId : null, null, run, _configuration.OwnerOf("default"),
                $"{requestedBy} stopped run {run} hard, without compensation: {reason ?? "no reason given"}", now, now + _configuration.Deadlines.Exception),
            cancellationToken);
        if (known && opened)
        {
            await AuditAsync(identityId, $"{run}:hard-stop", new { requestedBy, asks = "hard stop", run, reason }, cancellationToken);
        }
    }

    async Task<string?> DeniedAsync(ExceptionItem exception, EventReference replay, string requestedBy, CancellationToken cancellationToken)
    {
        var decision = Decide(exception.IdentityId ?? string.Empty, requestedBy);
        if (exception.IdentityId is { } identityId && await _stores.Registry.FindAsync(identityId, cancellationToken) is not null)
        {
            await AuditAsync(identityId, $"request:{replay.Id}", new { requestedBy, asks = "replay", exception = exception.Id, replay, decision }, cancellationToken);
        }

        return decision.Allow ? null : $"{decision.Rule}: {decision.Reason}";
    }

    PolicyDecision Decide(string identityId, string requestedBy) => _policy.Decide(new PolicyRequest
    {
        Operation = "start",
        Target = MeshSource.Name,
        IdentityId = identityId,
        Inputs = new Dictionary<string, string> { ["requestedBy"] = requestedBy },
    });

    Task<bool> AuditAsync<T>(string identityId, string id, T content, CancellationToken cancellationToken) =>
        _stores.Partitions.EditIdentityAsync(
            identityId,
            edit =>
            {
                edit.Audit(AuditDraft.Of(id, AuditKind.Operator, content));
                return Task.FromResult(true);
            },
            cancellationToken);
}
