using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Policy;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Planning;

/// <summary>
/// Says what a target should hold of an identity by asking the planner, so that a comparison expects exactly what a plan would bring about. A
/// target that is only observed is expected to be as if it were enforced. Pure.
/// </summary>
public sealed class ExpectedState
{
    readonly Planner _planner;
    readonly PlanTarget _target;

    /// <summary>Says it for one target.</summary>
    /// <param name="target">Its name.</param>
    /// <param name="configuration">The configuration.</param>
    /// <param name="policy">What is denied is not expected.</param>
    /// <param name="targets">Every target: an entitlement stands or falls over all of them.</param>
    public ExpectedState(string target, MeshConfiguration configuration, IPolicy policy, IReadOnlyList<PlanTarget> targets)
    {
        PlanTarget[] enforced = [.. targets.Select(t => t.Configuration.Name == target
            ? t with { Configuration = t.Configuration with { Stage = TargetStage.Enforce } }
            : t)];
        _planner = new Planner(configuration, policy, enforced);
        _target = enforced.Single(t => t.Configuration.Name == target);
        Managed = [.. _target.Attributes.Where(_target.Configuration.Attributes.Contains)];
    }

    /// <summary>The attributes that are managed on the target.</summary>
    public IReadOnlyList<string> Managed { get; }

    /// <summary>What it should hold, or null when it should hold nothing.</summary>
    /// <param name="view">The identity as recorded.</param>
    /// <param name="managerKeys">Account key of the manager in effect, by target.</param>
    /// <param name="now">Rights that end before it have ended.</param>
    public ExpectedHolding? Of(IdentityView view, IReadOnlyDictionary<string, string> managerKeys, DateTimeOffset now)
    {
        var plan = _planner.Make(new PlanInput { View = view, Class = ClassOf(view.Record.Status), Run = string.Empty, Epoch = 0, ManagerKeys = managerKeys });
        var steps = plan.Steps.Where(s => s.Target == _target.Configuration.Name).ToList();
        var recorded = view.Accounts.GetValueOrDefault(_target.Configuration.Name) is { Status: not AccountStatus.Deleted } account ? account : null;
        var created = steps.Find(s => s.Operation == StepOperation.Create);
        if (recorded is null && created is null)
        {
            return null;
        }

        var attributes = AttributesOf(recorded, steps);
        var expired = view.Grants.Where(g => g.Target == _target.Configuration.Name && g.ExpiresAt <= now).Select(g => g.Name).ToHashSet(StringComparer.Ordinal);
        return new ExpectedHolding
        {
            Key = recorded?.Key,
            UserName = attributes.GetValueOrDefault(AttributeNames.UserName) ?? created?.UserName ?? recorded!.UserName,
            Active = IsActive(recorded, steps),
            Managed = Managed,
            Attributes = Managed.Where(attributes.ContainsKey).ToDictionary(name => name, name => attributes[name]),
            Rights = RightsOf(view, steps, expired),
            Expired = expired,
        };
    }

    static ChangeClass ClassOf(IdentityStatus status) => status switch
    {
        IdentityStatus.Terminated => ChangeClass.Leaver,
        IdentityStatus.Suspended => ChangeClass.Suspension,
        _ => ChangeClass.Refresh,
    };

    static bool IsActive(Account? recorded, List<PlanStep> steps) => steps.Exists(s => s.Operation is StepOperation.Create or StepOperation.Enable)
        || (recorded is { Status: AccountStatus.Active } && !steps.Exists(s => s.Operation == StepOperation.Disable));

    static Dictionary<string, string> AttributesOf(Account? recorded, List<PlanStep> steps)
    {
        var attributes = new Dictionary<string, string>(recorded?.Attributes ?? new Dictionary<string, string>());
        foreach (var (name, value) in steps.SelectMany(s => s.Attributes ?? new Dictionary<string, string?>()))
        {
            attributes.Remove(name);
            if (value is not null)
            {
                attributes.Add(name, value);
            }
        }

        return attributes;
    }

    HashSet<string> RightsOf(IdentityView view, List<PlanStep> steps, HashSet<string> expired)
    {
        if (!_target.HasGrants || steps.Exists(s => s.Operation == StepOperation.RevokeAll))
        {
            return [];
        }

        var rights = view.Grants.Where(g => g.Target == _target.Configuration.Name).Select(g => g.Name).ToHashSet(StringComparer.Ordinal);
        rights.ExceptWith(expired);
        rights.ExceptWith(steps.Where(s => s.Operation == StepOperation.Revoke).Select(s => s.Right!));
        rights.UnionWith(steps.Where(s => s.Operation == StepOperation.Grant).Select(s => s.Right!));
        return rights;
    }
}
