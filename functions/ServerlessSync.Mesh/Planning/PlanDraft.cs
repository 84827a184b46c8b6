using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Policy;

namespace ServerlessSync.Mesh.Planning;

/// <summary>A step before policy has decided and the plan has been ordered.</summary>
sealed record StepDraft(string Target, StepOperation Operation, string Group)
{
    public string? Right { get; init; }

    public string? Entitlement { get; init; }

    public string? UserName { get; init; }

    public IReadOnlyDictionary<string, string?>? Attributes { get; init; }
}

/// <summary>Collects steps; every one of them passes policy on its way in.</summary>
sealed class PlanDraft(PlanInput input, IPolicy policy)
{
    readonly List<(StepDraft Draft, PolicyDecision Decision)> _steps = [];
    readonly Dictionary<string, PolicyDecision> _denied = [];
    readonly Dictionary<string, string> _inputs = InputsOf(input.View.Record);
    readonly Dictionary<string, string> _risks = [];

    /// <summary>Adds a step if policy allows it; a denial is kept in the plan instead.</summary>
    public bool Add(StepDraft draft)
    {
        var risk = draft.Entitlement is null ? null : _risks.GetValueOrDefault(draft.Entitlement);
        var decision = Decide(draft.Operation, draft.Target, draft.Entitlement, risk);
        if (decision.Allow)
        {
            _steps.Add((draft, decision));
        }

        return decision.Allow;
    }

    /// <summary>Whether policy allows an entitlement's rights on a target.</summary>
    public bool Allows(string target, EntitlementConfiguration entitlement)
    {
        _risks[entitlement.Name] = entitlement.Risk;
        // A step that gives it is decided on its own; only a denial is kept here.
        return policy.Allows(Request(StepOperation.Grant, target, entitlement.Name, entitlement.Risk))
            || Decide(StepOperation.Grant, target, entitlement.Name, entitlement.Risk).Allow;
    }

    /// <summary>Whether everything on the target ends anyway.</summary>
    public bool Ends(string target) => _steps.Exists(s => s.Draft.Target == target && s.Draft.Operation == StepOperation.RevokeAll);

    public Plan ToPlan(string configuration)
    {
        var ordered = _steps
            .OrderBy(s => s.Draft.Operation.Phase())
            .ThenBy(s => s.Draft.Target, StringComparer.Ordinal)
            .ThenBy(s => s.Draft.Operation)
            .ThenBy(s => s.Draft.Right, StringComparer.Ordinal);
        return new Plan
        {
            IdentityId = input.View.Record.Id,
            Run = input.Run,
            Class = input.Class,
            Epoch = input.Epoch,
            Configuration = configuration,
            PolicyVersion = _steps.Select(s => s.Decision).Concat(_denied.Values).FirstOrDefault()?.PolicyVersion ?? string.Empty,
            Inputs = _inputs,
            Denied = [.. _denied.Values],
            Steps = [.. ordered.Select((s, number) => new PlanStep
            {
                Number = number,
                Target = s.Draft.Target,
                Operation = s.Draft.Operation,
                Right = s.Draft.Right,
                Entitlement = s.Draft.Entitlement,
                Group = s.Draft.Group,
                Attributes = s.Draft.Attributes,
                UserName = s.Draft.UserName,
                Decision = s.Decision.Id,
                Rule = s.Decision.Rule,
                Reason = s.Decision.Reason,
            })],
        };
    }

    /// <summary>What conditions may ask of an identity: its kind and its accepted attributes.</summary>
    public static string? Read(IdentityRecord record, string name) =>
        name == PolicyInputs.Kind ? KindNames.Of(record.Kind) : record.Accepted(name);

    /// <summary>An identity as policy sees it.</summary>
    public static Dictionary<string, string> InputsOf(IdentityRecord record)
    {
        var inputs = new Dictionary<string, string> { [PolicyInputs.Kind] = KindNames.Of(record.Kind) };
        foreach (var name in record.Attributes.Keys)
        {
            if (record.Accepted(name) is { } value)
            {
                inputs[name] = value;
            }
        }

        return inputs;
    }

    PolicyDecision Decide(StepOperation operation, string target, string? entitlement, string? risk)
    {
        var decision = policy.Decide(Request(operation, target, entitlement, risk));
        if (!decision.Allow)
        {
            _denied.TryAdd($"{operation}/{target}/{entitlement}", decision);
        }

        return decision;
    }

    PolicyRequest Request(StepOperation operation, string target, string? entitlement, string? risk) => new()
    {
        Operation = operation.Word(),
        Target = target,
        Entitlement = entitlement,
        Risk = risk,
        IdentityId = input.View.Record.Id,
        Inputs = _inputs,
    };
}
