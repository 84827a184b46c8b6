using System.Globalization;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Policy;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Intake;

namespace ServerlessSync.Mesh.Workflows.Drifts;

/// <summary>Takes what people decide about drift, as far as policy allows it. Every decision is in the audit, taken or denied.</summary>
public sealed class DriftDecisions
{
    readonly MeshStores _stores;
    readonly IPolicy _policy;
    readonly Func<IDriftQueue> _queue;
    readonly WriteBack _writeBack;

    internal DriftDecisions(MeshStores stores, MeshConfiguration configuration, IPolicy policy, Func<IDriftQueue> queue)
    {
        _stores = stores;
        _policy = policy;
        _queue = queue;
        _writeBack = new WriteBack(stores, configuration, policy);
    }

    /// <summary>Decides about the open drift of that opening. Deciding the same again changes nothing more.</summary>
    /// <exception cref="StoreException">Nothing can be recorded now.</exception>
    public async Task<DriftDecisionAnswer> DecideAsync(DriftDecision decision, CancellationToken cancellationToken)
    {
        if (await FindAsync(decision, cancellationToken) is not { } item)
        {
            return new DriftDecisionAnswer(DriftDecisionOutcome.Unknown);
        }

        if (item.SettledAt is not null || item.Opening != decision.Opening)
        {
            return new DriftDecisionAnswer(
                DriftDecisionOutcome.Moved, $"opening {decision.Opening} is not open; the last is {item.Opening}, {item.State.ToString().ToLowerInvariant()}", item);
        }

        if (item.State == DriftState.Queued)
        {
            return decision.Choice == DriftChoice.Remediate
                ? new DriftDecisionAnswer(DriftDecisionOutcome.Taken, "it is on its way already", item)
                : new DriftDecisionAnswer(DriftDecisionOutcome.Moved, "it is being mended now", item);
        }

        return decision.Choice switch
        {
            DriftChoice.Remediate => await RemediateAsync(decision, item, cancellationToken),
            DriftChoice.Accept => await AcceptAsync(decision, item, cancellationToken),
            DriftChoice.Ignore => await IgnoreAsync(decision, item, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(decision), decision.Choice, "unknown choice"),
        };
    }

    async Task<DriftDecisionAnswer> RemediateAsync(DriftDecision decision, DriftItem item, CancellationToken cancellationToken)
    {
        if (item.IdentityId is null || item.Findings.FirstOrDefault(f => !f.Kind.CanBeRemediated()) is { })
        {
            return new DriftDecisionAnswer(
                DriftDecisionOutcome.NotPossible, "no plan can mend it: it belongs to nobody known, or to nobody alone, and is for people to settle", item);
        }

        var decided = _policy.Decide(new PolicyRequest
        {
            Operation = "start",
            Target = item.Target,
            IdentityId = item.IdentityId,
            Inputs = new Dictionary<string, string> { ["requestedBy"] = decision.By },
        });
        await AuditAsync(decision, item, new { decision, decided }, cancellationToken);
        return decided.Allow
            ? await QueueAsync(item, $"{decision.By} decided to mend it", cancellationToken)
            : new DriftDecisionAnswer(DriftDecisionOutcome.Denied, $"{decided.Rule}: {decided.Reason}", item);
    }

    async Task<DriftDecisionAnswer> AcceptAsync(DriftDecision decision, DriftItem item, CancellationToken cancellationToken)
    {
        if (item.IdentityId is not { } identityId)
        {
            return new DriftDecisionAnswer(DriftDecisionOutcome.NotPossible, "nobody is known for the account, so there is no record to accept it into", item);
        }

        if (WriteBack.WhyNot(item) is { } why)
        {
            return new DriftDecisionAnswer(DriftDecisionOutcome.NotPossible, why, item);
        }

        if (await _writeBack.DeniedAsync(item, identityId, cancellationToken) is { } denied)
        {
            await AuditAsync(decision, item, new { decision, decided = denied }, cancellationToken);
            return new DriftDecisionAnswer(DriftDecisionOutcome.Denied, $"{denied.Rule}: {denied.Reason}", item);
        }

        var outcome = await _writeBack.WriteAsync(item, identityId, decision, cancellationToken);
        if (outcome.Accepted.Count == 0)
        {
            var asked = await _stores.Drifts.MoveAsync(item, now => now with { State = DriftState.Asked, Reason = outcome.Told }, cancellationToken);
            return new DriftDecisionAnswer(DriftDecisionOutcome.Taken, outcome.Told, asked);
        }

        // The other targets are to hold the accepted value too; this one is read, and what is as accepted there is settled by that.
        var id = string.Create(CultureInfo.InvariantCulture, $"accept-{KeyText.Hash($"{item.Target}\n{identityId}\n{item.Opening}\n{item.Edits}")}");
        await _stores.Inbox.AcceptAsync([MeshSource.Look(identityId, id, _stores.Clock.GetUtcNow())], cancellationToken);
        var answer = await QueueAsync(item, $"accepted by {decision.By}: {string.Join(", ", outcome.Accepted)}", cancellationToken);
        return answer with { Reason = outcome.Told };
    }

    async Task<DriftDecisionAnswer> IgnoreAsync(DriftDecision decision, DriftItem item, CancellationToken cancellationToken)
    {
        await AuditAsync(decision, item, new { decision }, cancellationToken);
        var settled = await _stores.Drifts.IgnoreAsync(item, $"ignored by {decision.By}: {decision.Reason ?? "no reason given"}", cancellationToken);
        return new DriftDecisionAnswer(settled ? DriftDecisionOutcome.Taken : DriftDecisionOutcome.Moved, null, await FindAsync(decision, cancellationToken));
    }

    Task<DriftItem?> FindAsync(DriftDecision decision, CancellationToken cancellationToken) => decision.IdentityId is { } identityId
        ? _stores.Drifts.FindAsync(decision.Target, identityId, cancellationToken)
        : _stores.Drifts.FindAccountAsync(decision.Target, decision.AccountKey ?? string.Empty, cancellationToken);

    async Task<DriftDecisionAnswer> QueueAsync(DriftItem item, string reason, CancellationToken cancellationToken)
    {
        var queued = await _stores.Drifts.MoveAsync(item, now => now with { State = DriftState.Queued, Reason = reason, NotBefore = null }, cancellationToken);
        if (queued is null)
        {
            return new DriftDecisionAnswer(DriftDecisionOutcome.Moved);
        }

        await _queue().SendAsync(DriftMessage.Of(queued), cancellationToken);
        return new DriftDecisionAnswer(DriftDecisionOutcome.Taken, null, queued);
    }

    async Task AuditAsync<T>(DriftDecision decision, DriftItem item, T content, CancellationToken cancellationToken)
    {
        if (item.IdentityId is { } identityId && await _stores.Registry.FindAsync(identityId, cancellationToken) is not null)
        {
            await _stores.Partitions.EditIdentityAsync(
                identityId,
                edit =>
                {
                    edit.Audit(AuditDraft.Of(IdOf(decision, item), AuditKind.Operator, content));
                    return Task.FromResult(true);
                },
                cancellationToken);
        }
    }

    internal static string IdOf(DriftDecision decision, DriftItem item) =>
        string.Create(CultureInfo.InvariantCulture, $"drift:{item.Target}:{item.Opening}:{item.Edits}:{decision.Choice}");
}
