using System.Globalization;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Policy;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Intake;

namespace ServerlessSync.Mesh.Workflows.Drifts;

/// <summary>Takes what people decide about drift, as far as policy allows it. Every decision is in the audit, taken or denied.</summary>
sealed class DriftDecisions : IDriftDecisions
{
    readonly MeshStores _stores;
    readonly MeshConfiguration _configuration;
    readonly IPolicy _policy;
    readonly Func<IDriftQueue> _queue;
    readonly WriteBack _writeBack;

    public DriftDecisions(MeshStores stores, MeshConfiguration configuration, IPolicy policy, Func<IDriftQueue> queue)
    {
        _stores = stores;
        _configuration = configuration;
        _policy = policy;
        _queue = queue;
        _writeBack = new WriteBack(stores, configuration, policy);
    }

    /// <inheritdoc/>
    public async Task<DriftDecisionAnswer> DecideAsync(DriftDecisionRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(request, cancellationToken) is not { } item)
        {
            return new DriftDecisionAnswer(DriftDecisionOutcome.Unknown);
        }

        if (item.SettledAt is not null || item.Opening != request.Opening)
        {
            return new DriftDecisionAnswer(
                DriftDecisionOutcome.Changed, $"opening {request.Opening} is not open; the last is {item.Opening}, {item.State.ToString().ToLowerInvariant()}");
        }

        if (item.State == DriftState.Queued)
        {
            return request.Decision == DriftDecision.Remediate
                ? new DriftDecisionAnswer(DriftDecisionOutcome.Taken, "it is on its way already")
                : new DriftDecisionAnswer(DriftDecisionOutcome.Changed, "it is being mended now");
        }

        if (WhyUnseen(request, item) is { } unseen)
        {
            return new DriftDecisionAnswer(DriftDecisionOutcome.Changed, unseen);
        }

        return request.Decision switch
        {
            DriftDecision.Remediate => await RemediateAsync(request, item, cancellationToken),
            DriftDecision.Accept => await AcceptAsync(request, item, cancellationToken),
            DriftDecision.Ignore => await IgnoreAsync(request, item, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(request), request.Decision, "unknown choice"),
        };
    }

    async Task<DriftDecisionAnswer> RemediateAsync(DriftDecisionRequest request, DriftItem item, CancellationToken cancellationToken)
    {
        if (item.IdentityId is null || !item.Findings.Any(f => f.Kind.CanBeRemediated()) || item.Findings.Any(f => f.Kind == DriftKind.Unowned))
        {
            return new DriftDecisionAnswer(
                DriftDecisionOutcome.Refused, "no plan can mend it: it belongs to nobody known, or to nobody alone, and is for people to settle");
        }

        var decided = _policy.Decide(new PolicyRequest
        {
            Operation = "start",
            Target = item.Target,
            IdentityId = item.IdentityId,
            Inputs = new Dictionary<string, string> { ["requestedBy"] = request.DecidedBy },
        });
        await AuditAsync(request, item, new { decision = request, decided }, cancellationToken);
        return decided.Allow
            ? await QueueAsync(item, $"{request.DecidedBy} decided to mend it", cancellationToken)
            : new DriftDecisionAnswer(DriftDecisionOutcome.Refused, $"{decided.Rule}: {decided.Reason}");
    }

    async Task<DriftDecisionAnswer> AcceptAsync(DriftDecisionRequest request, DriftItem item, CancellationToken cancellationToken)
    {
        if (item.IdentityId is not { } identityId)
        {
            return new DriftDecisionAnswer(DriftDecisionOutcome.Refused, "nobody is known for the account, so there is no record to accept it into");
        }

        if (WriteBack.WhyNot(item) is { } why)
        {
            return new DriftDecisionAnswer(DriftDecisionOutcome.Refused, why);
        }

        if (await _writeBack.DeniedAsync(item, identityId, cancellationToken) is { } denied)
        {
            await AuditAsync(request, item, new { decision = request, decided = denied }, cancellationToken);
            return new DriftDecisionAnswer(DriftDecisionOutcome.Refused, $"{denied.Rule}: {denied.Reason}");
        }

        var outcome = await _writeBack.WriteAsync(item, identityId, request, cancellationToken);
        if (outcome.Accepted.Count == 0)
        {
            await _stores.Drifts.MoveAsync(
                item, now => (now with { State = DriftState.Asked, Reason = outcome.Told }).WithDuty(_configuration, _stores.Clock.GetUtcNow()), cancellationToken);
            return new DriftDecisionAnswer(DriftDecisionOutcome.Taken, outcome.Told);
        }

        // The other targets are to hold the accepted value too; this one is read, and what is as accepted there is settled by that.
        var id = string.Create(CultureInfo.InvariantCulture, $"accept-{KeyText.Hash($"{item.Target}\n{identityId}\n{item.Opening}\n{item.Edits}")}");
        await _stores.Inbox.AcceptAsync([MeshSource.Look(identityId, id, _stores.Clock.GetUtcNow())], cancellationToken);
        var answer = await QueueAsync(item, $"accepted by {request.DecidedBy}: {string.Join(", ", outcome.Accepted)}", cancellationToken);
        return answer with { Reason = outcome.Told };
    }

    async Task<DriftDecisionAnswer> IgnoreAsync(DriftDecisionRequest request, DriftItem item, CancellationToken cancellationToken)
    {
        await AuditAsync(request, item, new { decision = request }, cancellationToken);
        var settled = await _stores.Drifts.IgnoreAsync(item, $"ignored by {request.DecidedBy}: {request.Reason ?? "no reason given"}", cancellationToken);
        return new DriftDecisionAnswer(settled ? DriftDecisionOutcome.Taken : DriftDecisionOutcome.Changed);
    }

    static string? WhyUnseen(DriftDecisionRequest request, DriftItem item) => request switch
    {
        { Findings: null, Decision: DriftDecision.Remediate } => null,
        { Findings: null } => "the decision does not name the findings that were looked at",
        _ => request.Findings == item.Fingerprint ? null : "what differs is not what was looked at; look at it again",
    };

    Task<DriftItem?> FindAsync(DriftDecisionRequest request, CancellationToken cancellationToken) => request.IdentityId is { } identityId
        ? _stores.Drifts.FindAsync(request.Target, identityId, cancellationToken)
        : _stores.Drifts.FindAccountAsync(request.Target, request.AccountKey ?? string.Empty, cancellationToken);

    async Task<DriftDecisionAnswer> QueueAsync(DriftItem item, string reason, CancellationToken cancellationToken)
    {
        // Only as it was looked at: what has come to it since is not decided.
        var queued = await _stores.Drifts.MoveAsync(
            item,
            now => now.Fingerprint == item.Fingerprint ? now with { State = DriftState.Queued, Reason = reason, NotBefore = null, ByPerson = true } : now,
            cancellationToken);
        if (queued?.State != DriftState.Queued)
        {
            return new DriftDecisionAnswer(DriftDecisionOutcome.Changed);
        }

        await _queue().SendAsync(DriftMessage.Of(queued), cancellationToken);
        return new DriftDecisionAnswer(DriftDecisionOutcome.Taken);
    }

    async Task AuditAsync<T>(DriftDecisionRequest request, DriftItem item, T content, CancellationToken cancellationToken)
    {
        if (item.IdentityId is { } identityId && await _stores.Registry.FindAsync(identityId, cancellationToken) is not null)
        {
            await _stores.Partitions.EditIdentityAsync(
                identityId,
                async edit =>
                {
                    // Whoever was not answered asks again: it is told once.
                    var id = IdOf(request, item);
                    if (!await edit.HasEntryAsync(id, cancellationToken))
                    {
                        edit.Audit(AuditDraft.Of(id, AuditKind.Operator, content));
                    }

                    return true;
                },
                cancellationToken);
        }
    }

    public static string IdOf(DriftDecisionRequest request, DriftItem item) =>
        string.Create(CultureInfo.InvariantCulture, $"drift:{item.Target}:{item.Opening}:{item.Edits}:{request.Decision}:{request.DecidedBy}");
}
