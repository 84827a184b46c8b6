using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Policy;

namespace ServerlessSync.Mesh.Planning;

/// <summary>Compares what an identity should have with what is recorded, and says what to do. Pure.</summary>
public sealed class Planner(MeshConfiguration configuration, IPolicy policy, IReadOnlyList<PlanTarget> targets)
{
    /// <summary>Makes the plan.</summary>
    public Plan Make(PlanInput input)
    {
        var draft = new PlanDraft(input, policy);
        var desired = new DesiredState(configuration, input.View.Record, draft);
        foreach (var target in targets.Where(t => t.Configuration.Stage == TargetStage.Enforce))
        {
            PlanTarget(target, input, desired, draft);
        }

        PlanGrants(input, desired, draft);
        return draft.ToPlan(configuration.Hash);
    }

    static void PlanTarget(PlanTarget target, PlanInput input, DesiredState desired, PlanDraft draft)
    {
        var account = input.View.Accounts.GetValueOrDefault(target.Configuration.Name);
        switch (input.View.Record.Status)
        {
            case IdentityStatus.Active when desired.IsInScope(target):
                desired.Admit(target, PlanAccount(target, account, input, draft));
                break;
            case IdentityStatus.Active when account is { Status: AccountStatus.Active } or { Status: AccountStatus.Disabled, InDoubt: true }:
                PlanEnd(target, account, draft, prove: false);
                break;
            case IdentityStatus.Active or IdentityStatus.Suspended when account is { Status: AccountStatus.Deleted, InDoubt: true }:
                // Making it was begun and not seen to its end: nobody knows its key, and it may be there.
                PlanEnd(target, account, draft, prove: true);
                break;
            case IdentityStatus.Terminated when input.Class == ChangeClass.Leaver:
                PlanEnd(target, account, draft, prove: true);
                break;
            case IdentityStatus.Suspended when account is { Status: AccountStatus.Active } or { Status: AccountStatus.Disabled, InDoubt: true }:
                PlanSignInEnd(target, draft);
                break;
            default:
                break;
        }
    }

    static bool PlanAccount(PlanTarget target, Account? account, PlanInput input, PlanDraft draft)
    {
        var name = target.Configuration.Name;
        var group = "account:" + name;
        var wanted = DesiredState.AttributesFor(target, input);
        if (account is null or { Status: AccountStatus.Deleted })
        {
            var userName = target.Configuration.UserName.Render(input.View.Record.Accepted);
            return userName is not null && draft.Add(new StepDraft(name, StepOperation.Create, group)
            {
                UserName = userName,
                Attributes = wanted.ToDictionary(a => a.Key, a => (string?)a.Value),
            });
        }

        if ((account.Status == AccountStatus.Disabled || account.InDoubt) && !draft.Add(new StepDraft(name, StepOperation.Enable, group)))
        {
            return false;
        }

        var delta = new Dictionary<string, string?>();
        foreach (var attribute in target.Attributes.Where(target.Configuration.Attributes.Contains))
        {
            var value = wanted.GetValueOrDefault(attribute);
            if (value != account.Attributes.GetValueOrDefault(attribute))
            {
                delta.Add(attribute, value);
            }
        }

        if (target.Configuration.UserName.Render(input.View.Record.Accepted) is { } renamed && !SignInName.Same(renamed, account.UserName, target.ExactNames))
        {
            // A target that cannot rename refuses the step, and somebody owns that.
            delta.Add(AttributeNames.UserName, renamed);
        }

        if (delta.Count > 0)
        {
            draft.Add(new StepDraft(name, StepOperation.Update, group) { Attributes = delta });
        }

        return true;
    }

    static void PlanEnd(PlanTarget target, Account? account, PlanDraft draft, bool prove)
    {
        var name = target.Configuration.Name;
        if (account is not null and not { Status: AccountStatus.Deleted })
        {
            PlanSignInEnd(target, draft);
            if (target.HasGrants)
            {
                draft.Add(new StepDraft(name, StepOperation.RevokeAll, "end:" + name));
            }
        }

        if (prove)
        {
            draft.Add(new StepDraft(name, StepOperation.Prove, "end:" + name));
        }
    }

    static void PlanSignInEnd(PlanTarget target, PlanDraft draft)
    {
        var name = target.Configuration.Name;
        draft.Add(new StepDraft(name, StepOperation.Disable, "end:" + name));
        if (target.HasSessions)
        {
            draft.Add(new StepDraft(name, StepOperation.RevokeSessions, "end:" + name));
        }
    }

    void PlanGrants(PlanInput input, DesiredState desired, PlanDraft draft)
    {
        if (input.View.Record.Status != IdentityStatus.Active)
        {
            // Who is suspended keeps what they hold by a decision, and is given nothing, not even what is in doubt.
            foreach (var (target, right) in input.View.Record.Status == IdentityStatus.Suspended ? input.Undecided : [])
            {
                draft.Add(new StepDraft(target, StepOperation.Revoke, "end:" + target) { Right = right });
            }

            return;
        }

        var enforced = targets.Where(t => t.Configuration.Stage == TargetStage.Enforce).Select(t => t.Configuration.Name).ToHashSet();
        var held = input.View.Grants.ToDictionary(g => (g.Target, g.Name));
        var wanted = desired.Grants();
        foreach (var (target, right) in held.Keys.Union(input.Undecided).Where(k => enforced.Contains(k.Target) && !wanted.ContainsKey(k) && !draft.Ends(k.Target)))
        {
            draft.Add(new StepDraft(target, StepOperation.Revoke, "end:" + target) { Right = right });
        }

        foreach (var ((target, right), entitlement) in wanted.Where(w => !held.TryGetValue(w.Key, out var grant) || grant.InDoubt))
        {
            draft.Add(new StepDraft(target, StepOperation.Grant, entitlement) { Right = right, Entitlement = entitlement });
        }
    }
}
