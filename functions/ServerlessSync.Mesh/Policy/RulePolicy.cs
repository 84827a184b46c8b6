using System.Security.Cryptography;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Policy;

/// <summary>Policy as mesh.yaml writes it: the first rule that matches decides, then the default. What only takes away is always allowed.</summary>
public sealed class RulePolicy(MeshConfiguration configuration) : IPolicy
{
    /// <summary>The built-in rule that allows what only takes away: a revocation never waits for a rule.</summary>
    public const string TakingAwayRule = "taking-away";

    /// <summary>Named as the rule when none matched.</summary>
    public const string DefaultRule = "default";

    readonly PolicyConfiguration _policy = configuration.Policy;

    /// <inheritdoc />
    public PolicyDecision Decide(PolicyRequest request)
    {
        var (allow, rule, reason) = Evaluate(request);
        return new PolicyDecision
        {
            Id = IdOf(request),
            Allow = allow,
            Rule = rule,
            Reason = reason,
            PolicyVersion = _policy.Version,
            Request = request,
        };
    }

    /// <inheritdoc />
    public bool Allows(PolicyRequest request) => Evaluate(request).Allow;

    (bool Allow, string Rule, string Reason) Evaluate(PolicyRequest request)
    {
        if (PolicyInputs.TakingAway.Contains(request.Operation))
        {
            return (true, TakingAwayRule, "taking away is always allowed");
        }

        foreach (var rule in _policy.Rules)
        {
            if (Conditions.Hold(rule.When, name => Read(request, name)))
            {
                return (rule.Allow, rule.Name, rule.Reason);
            }
        }

        return (_policy.DefaultAllow, DefaultRule, _policy.DefaultAllow ? "no rule matches and the default allows" : "no rule matches and the default denies");
    }

    // The request's own fields come first: an attribute of the same name cannot stand in for them.
    static string? Read(PolicyRequest request, string name) => name switch
    {
        PolicyInputs.Operation => request.Operation,
        PolicyInputs.Target => request.Target,
        PolicyInputs.Entitlement => request.Entitlement,
        PolicyInputs.Risk => request.Risk,
        PolicyInputs.Attribute => request.Attribute,
        _ => request.Inputs.GetValueOrDefault(name),
    };

    string IdOf(PolicyRequest request)
    {
        var inputs = request.Inputs.OrderBy(i => i.Key, StringComparer.Ordinal).Select(i => new[] { i.Key, i.Value });
        var asked = new { _policy.Version, request.Operation, request.Target, request.Entitlement, request.Risk, request.Attribute, request.IdentityId, Inputs = inputs };
        return Convert.ToHexStringLower(SHA256.HashData(MeshJson.ToBytes(asked)).AsSpan(0, 16));
    }
}
