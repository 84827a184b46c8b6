using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Authority;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Policy;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Workflows.Drifts;

/// <summary>Takes what a target holds into the record: attributes alone, each as far as policy allows it and no source is named for it.</summary>
sealed class WriteBack(MeshStores stores, MeshConfiguration configuration, IPolicy policy)
{
    /// <summary>Why a drift cannot be accepted; null when it can.</summary>
    public static string? WhyNot(DriftItem item) => item.Findings
        .Select(f => f switch
        {
            { Kind: DriftKind.ExtraGrant } => $"{f.Subject} cannot be accepted: a right is only held by an entitlement that gives it; add it to one, or mend the drift",
            { Kind: not DriftKind.Attribute } => $"{f.Kind.Word()} cannot be accepted: only attributes can",
            { Subject: AttributeNames.UserName } => "the sign-in name cannot be accepted: it is made from the record and belongs to one identity alone",
            { Subject: AttributeNames.Manager } => "a manager cannot be accepted: the target names an account there, the record a person in a source",
            { Shortened: true } => $"{f.Subject} cannot be accepted: its value is too long to be shown whole",
            { Found: null or "" } => $"{f.Subject} cannot be accepted: the target holds no value",
            { Subject: AttributeNames.Mail } when SignInName.FaultOf(f.Found) is { } fault => $"mail {fault}",
            _ => null,
        })
        .FirstOrDefault(reason => reason is not null);

    /// <summary>The decision that does not allow it; null when policy allows it all.</summary>
    public async Task<PolicyDecision?> DeniedAsync(DriftItem item, string identityId, CancellationToken cancellationToken)
    {
        var record = await stores.Registry.FindAsync(identityId, cancellationToken) ?? throw Gone(identityId);
        return Decide(item, record).FirstOrDefault(d => !d.Allow);
    }

    /// <summary>Writes it, with its audit in the same commit. Written again, it changes nothing.</summary>
    public Task<WrittenBack> WriteAsync(DriftItem item, string identityId, DriftDecisionRequest request, CancellationToken cancellationToken) =>
        stores.Partitions.EditIdentityAsync(
            identityId,
            async edit =>
            {
                var record = await edit.ReadAsync<IdentityRecord>(IdentityKeys.Record, cancellationToken) ?? throw Gone(identityId);
                var now = stores.Clock.GetUtcNow();
                var next = record;
                var (accepted, told) = (new List<string>(), new List<string>());
                foreach (var finding in item.Findings)
                {
                    var offer = AttributeAuthority.Offer(configuration, next, finding.Subject, new AttributeValue(finding.Found!, item.Target, now));
                    next = next with { Attributes = offer.Attributes };
                    if (offer.Owner is null)
                    {
                        accepted.Add(finding.Subject);
                    }
                    else
                    {
                        told.Add($"{finding.Subject} is {offer.Owner}'s: the value is only proposed");
                    }
                }

                if (next.Attributes.Any(a => record.Attributes.GetValueOrDefault(a.Key) != a.Value))
                {
                    edit.Save(IdentityKeys.Record, next with { UpdatedAt = now });
                    edit.Audit(AuditDraft.Of(DriftDecisions.IdOf(request, item), AuditKind.Operator, new
                    {
                        decision = request, decided = Decide(item, record), accepted, told, item.Findings,
                    }));
                }

                return new WrittenBack(accepted, told.Count == 0 ? null : string.Join("; ", told));
            },
            cancellationToken);

    List<PolicyDecision> Decide(DriftItem item, IdentityRecord record) =>
        [.. item.Findings.Select(f => policy.Decide(new PolicyRequest
        {
            Operation = PolicyInputs.Accept,
            Target = item.Target,
            Attribute = f.Subject,
            IdentityId = record.Id,
            Inputs = PlanDraft.InputsOf(record),
        }))];

    static StoreException Gone(string identityId) => new(StoreFailure.Corrupt, $"Identity '{identityId}' has no record.")
    {
        Row = new RowAddress(TableNames.Identities, identityId, IdentityKeys.Record),
    };
}

/// <summary>What was taken into the record.</summary>
/// <param name="Accepted">Attributes whose values count now.</param>
/// <param name="Told">What was only proposed, for people; null when nothing was.</param>
sealed record WrittenBack(IReadOnlyList<string> Accepted, string? Told);
