using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>What a step's success, or its undoing, means for the registry.</summary>
static class RegistryChange
{
    const int GrantsAtOnce = 50;

    public static async Task ApplyAsync(PartitionEdit edit, PlanStep step, EffectResult result, StepFacts facts, CancellationToken cancellationToken)
    {
        var account = await edit.ReadAsync<Account>(IdentityKeys.Account(step.Target), cancellationToken);
        switch (step.Operation)
        {
            case StepOperation.Create:
                Save(edit, new Account(
                    step.Target,
                    result.Key ?? step.UserName!,
                    step.UserName!,
                    AccountStatus.Active,
                    Values(step.Attributes!),
                    facts.RevocationOwner,
                    facts.Now));
                break;
            case StepOperation.Prove when account is { Status: AccountStatus.Deleted } && result.Key is null:
                edit.Delete(IdentityKeys.Account(step.Target));
                break;
            case StepOperation.Prove when account is { Status: AccountStatus.Deleted }:
                Save(edit, account with { Key = result.Key!, Status = AccountStatus.Disabled, InDoubt = false });
                break;
            case StepOperation.Disable or StepOperation.Prove when account is not null:
                Save(edit, account with { Status = AccountStatus.Disabled, InDoubt = false });
                break;
            case StepOperation.Enable when account is not null:
                Save(edit, account with { Status = AccountStatus.Active, InDoubt = false });
                break;
            case StepOperation.Update when account is not null:
                Save(edit, account with
                {
                    Key = result.Key ?? account.Key,
                    UserName = step.Attributes!.GetValueOrDefault(AttributeNames.UserName) ?? account.UserName,
                    Attributes = Merge(account.Attributes, step.Attributes!),
                });
                break;
            case StepOperation.Grant:
                await edit.ReadAsync<Grant>(IdentityKeys.Grant(step.Target, step.Right!), cancellationToken);
                edit.Save(IdentityKeys.Grant(step.Target, step.Right!), GrantOf(step, facts));
                break;
            case StepOperation.Revoke:
                await edit.ReadAsync<Grant>(IdentityKeys.Grant(step.Target, step.Right!), cancellationToken);
                edit.Delete(IdentityKeys.Grant(step.Target, step.Right!));
                break;
            default:
                break;
        }

        if (step.Operation is StepOperation.RevokeAll or StepOperation.Prove)
        {
            await ForgetGrantsAsync(edit, step.Target, cancellationToken);
        }
    }

    /// <summary>Forgets the grants on a target in portions a commit can hold, until few enough are left for the one that records the step.</summary>
    public static async Task ForgetManyGrantsAsync(MeshStores stores, string identityId, string target, CancellationToken cancellationToken)
    {
        bool more;
        do
        {
            more = await stores.Partitions.EditIdentityAsync(
                identityId,
                async edit =>
                {
                    var keys = (await edit.ReadAllAsync<Grant>(IdentityKeys.Grants(target), cancellationToken)).Keys.ToList();
                    foreach (var key in keys.Take(keys.Count > GrantsAtOnce ? GrantsAtOnce : 0))
                    {
                        edit.Delete(key);
                    }

                    return keys.Count > GrantsAtOnce;
                },
                cancellationToken);
        }
        while (more);
    }

    /// <summary>
    /// From its first attempt on, what a step takes away may be gone and a right it gives may be held: whoever plans next, plans that anew.
    /// </summary>
    /// <returns>Whether what the step gives was in doubt before: what then stands on the target is none of what was there before us.</returns>
    public static async Task<bool> DoubtAsync(PartitionEdit edit, PlanStep step, StepFacts facts, CancellationToken cancellationToken)
    {
        if (step.Operation is StepOperation.Create)
        {
            var made = await edit.ReadAsync<Account>(IdentityKeys.Account(step.Target), cancellationToken);
            Save(edit, (made ?? NotYetMade(step, facts)) with { InDoubt = true });
            return made is { InDoubt: true };
        }

        if (step.Operation is StepOperation.Grant)
        {
            var known = await edit.ReadAsync<Grant>(IdentityKeys.Grant(step.Target, step.Right!), cancellationToken);
            edit.Save(IdentityKeys.Grant(step.Target, step.Right!), (known ?? GrantOf(step, facts)) with { InDoubt = true });
            return known is { InDoubt: true };
        }

        if (step.Operation is StepOperation.Disable or StepOperation.Prove
            && await edit.ReadAsync<Account>(IdentityKeys.Account(step.Target), cancellationToken) is { } account)
        {
            Save(edit, account with { InDoubt = true });
        }

        if (step.Operation is StepOperation.Revoke or StepOperation.RevokeAll or StepOperation.Prove)
        {
            var grants = await edit.ReadAllAsync<Grant>(IdentityKeys.Grants(step.Target), cancellationToken);
            foreach (var (key, grant) in grants.Where(g => step.Right is null || g.Value.Name == step.Right).Take(GrantsAtOnce))
            {
                edit.Save(key, grant with { InDoubt = true });
            }
        }

        if (step.Operation is StepOperation.Enable
            && await edit.ReadAsync<Account>(IdentityKeys.Account(step.Target), cancellationToken) is { } enabled)
        {
            Save(edit, enabled with { InDoubt = true });
            return enabled.InDoubt;
        }

        return false;
    }

    /// <summary>What is being undone may be gone already, whether or not its end is ever recorded.</summary>
    /// <returns>Whether anything was not in doubt before.</returns>
    public static async Task<bool> DoubtUndoingAsync(PartitionEdit edit, PlanStep step, CancellationToken cancellationToken)
    {
        switch (step.Operation)
        {
            case StepOperation.Grant:
                var key = IdentityKeys.Grant(step.Target, step.Right!);
                if (await edit.ReadAsync<Grant>(key, cancellationToken) is not { InDoubt: false } grant)
                {
                    return false;
                }

                edit.Save(key, grant with { InDoubt = true });
                return true;
            case StepOperation.Create or StepOperation.Enable:
                if (await edit.ReadAsync<Account>(IdentityKeys.Account(step.Target), cancellationToken) is not { InDoubt: false } account)
                {
                    return false;
                }

                Save(edit, account with { InDoubt = true });
                return true;
            default:
                return false;
        }
    }

    public static async Task UndoAsync(PartitionEdit edit, PlanStep step, BeforeImage before, CancellationToken cancellationToken)
    {
        var accountKey = IdentityKeys.Account(step.Target);
        var account = await edit.ReadAsync<Account>(accountKey, cancellationToken);
        switch (step.Operation)
        {
            case StepOperation.Create when before.Account is null:
                edit.Delete(accountKey);
                await ForgetGrantsAsync(edit, step.Target, cancellationToken);
                break;
            case StepOperation.Create or StepOperation.Enable when account is not null:
                Save(edit, account with { Status = before.Account?.Active == true ? AccountStatus.Active : AccountStatus.Disabled, InDoubt = false });
                break;
            case StepOperation.Update when account is not null && before.Account is not null:
                Save(edit, account with { UserName = before.Account.UserName, Attributes = before.Account.Attributes });
                break;
            case StepOperation.Grant:
                // One that was held before us is not ours any more either.
                await edit.ReadAsync<Grant>(IdentityKeys.Grant(step.Target, step.Right!), cancellationToken);
                edit.Delete(IdentityKeys.Grant(step.Target, step.Right!));
                break;
            default:
                break;
        }
    }

    static async Task ForgetGrantsAsync(PartitionEdit edit, string target, CancellationToken cancellationToken)
    {
        foreach (var key in (await edit.ReadAllAsync<Grant>(IdentityKeys.Grants(target), cancellationToken)).Keys)
        {
            edit.Delete(key);
        }
    }

    /// <summary>An account that is being made: the target gives its key with its answer, so until then there is none.</summary>
    static Account NotYetMade(PlanStep step, StepFacts facts) => new(
        step.Target, string.Empty, step.UserName!, AccountStatus.Deleted, Values(step.Attributes!), facts.RevocationOwner, facts.Now);

    static Grant GrantOf(PlanStep step, StepFacts facts) =>
        new(step.Target, step.Right!, step.Entitlement!, step.Decision, facts.RevocationOwner, facts.Now);

    static void Save(PartitionEdit edit, Account account) => edit.Save(IdentityKeys.Account(account.Target), account);

    static Dictionary<string, string> Values(IReadOnlyDictionary<string, string?> attributes) =>
        attributes.Where(a => a.Value is not null).ToDictionary(a => a.Key, a => a.Value!);

    static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> old, IReadOnlyDictionary<string, string?> delta)
    {
        var merged = new Dictionary<string, string>(old);
        foreach (var (name, value) in delta.Where(d => d.Key != AttributeNames.UserName))
        {
            if (value is null)
            {
                merged.Remove(name);
            }
            else
            {
                merged[name] = value;
            }
        }

        return merged;
    }
}

/// <summary>What an effect brought about.</summary>
sealed record EffectResult(WriteOutcome Outcome, string? Key, string? Message);

/// <summary>What the registry wants to know besides.</summary>
sealed record StepFacts(string RevocationOwner, DateTimeOffset Now)
{
    /// <summary>Whether the target tells sign-in names apart that differ in case alone.</summary>
    public bool ExactNames { get; init; }
}
