using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Planning;

/// <summary>What an identity should have, by the entitlement rules, as far as policy allows it.</summary>
sealed class DesiredState(MeshConfiguration configuration, IdentityRecord record, PlanDraft draft)
{
    readonly HashSet<string> _admitted = [];

    public bool IsInScope(PlanTarget target) => Conditions.Hold(target.Configuration.Scope, Read);

    /// <summary>Notes that the identity has, or will have, an account on the target that may be given rights.</summary>
    public void Admit(PlanTarget target, bool admitted)
    {
        if (admitted && target.HasGrants)
        {
            _admitted.Add(target.Configuration.Name);
        }
    }

    /// <summary>
    /// The wanted rights with the entitlement that gives each. An entitlement stands or falls whole: one right that policy denies, and none of it is given.
    /// Rights on targets the identity has no account on are left out.
    /// </summary>
    public Dictionary<(string Target, string Right), string> Grants()
    {
        var wanted = new Dictionary<(string, string), string>();
        foreach (var entitlement in configuration.Entitlements.Where(e => Conditions.Hold(e.When, Read)))
        {
            var rights = entitlement.Grants
                .Where(g => _admitted.Contains(g.Key))
                .SelectMany(g => g.Value.Select(right => (Target: g.Key, Right: right)))
                .ToList();
            if (rights.Count > 0 && rights.Select(r => r.Target).Distinct().All(target => draft.Allows(target, entitlement)))
            {
                foreach (var right in rights)
                {
                    wanted.TryAdd(right, entitlement.Name);
                }
            }
        }

        return wanted;
    }

    /// <summary>The attributes the target should hold.</summary>
    public static Dictionary<string, string> AttributesFor(PlanTarget target, PlanInput input)
    {
        var wanted = new Dictionary<string, string>();
        foreach (var attribute in target.Attributes.Where(target.Configuration.Attributes.Contains))
        {
            var value = attribute == AttributeNames.Manager
                ? input.ManagerKeys.GetValueOrDefault(target.Configuration.Name)
                : input.View.Record.Accepted(attribute);
            if (value is not null)
            {
                wanted.Add(attribute, value);
            }
        }

        return wanted;
    }

    string? Read(string name) => PlanDraft.Read(record, name);
}
