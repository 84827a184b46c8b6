using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>
/// What a target was found to hold, in place of what is recorded. What is in doubt stays so: it is planned anew whatever was read. A right that is
/// held and not recorded was never decided, and is never recorded by this.
/// </summary>
sealed class Correction
{
    /// <summary>Grants a commit forgets; what is more is forgotten for this plan alone and found again.</summary>
    const int GrantsAtOnce = 40;

    /// <summary>Rights the audit lists.</summary>
    const int MostListed = 100;

    readonly Observation _seen;
    readonly Account? _before;
    readonly Account? _after;
    readonly IReadOnlyList<Grant> _gone;

    /// <summary>Compares; changes nothing.</summary>
    /// <param name="view">The identity as recorded.</param>
    /// <param name="seen">What was read, of a target that was.</param>
    /// <param name="managed">Attributes the mesh writes there.</param>
    /// <param name="facts">What the registry wants to know of an account it did not know.</param>
    public Correction(IdentityView view, Observation seen, IEnumerable<string> managed, StepFacts facts)
    {
        _seen = seen;
        _before = view.Accounts.GetValueOrDefault(seen.Target);
        _after = seen.Account is { } found
            ? AsFound(_before, seen.Target, found, managed, facts)
            : _before is null ? null : _before with { Status = AccountStatus.Deleted, InDoubt = false };
        var recorded = view.Grants.Where(g => g.Target == seen.Target).ToList();
        _gone = [.. recorded.Where(g => !seen.Rights.Contains(g.Name) && (!g.InDoubt || seen.Account is null))];
        Undecided = [.. seen.Rights.Except(recorded.Select(g => g.Name)).Select(right => (seen.Target, right))];
    }

    /// <summary>Rights that are held and nobody decided.</summary>
    public IReadOnlyList<(string Target, string Right)> Undecided { get; }

    /// <summary>Rights that are recorded and not held.</summary>
    public IEnumerable<(string Target, string Right)> NotHeld => _gone.Select(g => (g.Target, g.Name));

    /// <summary>The identity as the plan is to see it.</summary>
    public IdentityView Apply(IdentityView view)
    {
        var accounts = view.Accounts.ToDictionary();
        if (_after is not null)
        {
            accounts[_after.Target] = _after;
        }

        return view with { Accounts = accounts, Grants = [.. view.Grants.Except(_gone)] };
    }

    /// <summary>Writes it, in an edit that has read the identity.</summary>
    public void Save(PartitionEdit edit, string run)
    {
        var changed = _after is not null && !Same(_before, _after);
        if (changed)
        {
            edit.Save(IdentityKeys.Account(_seen.Target), _after!);
        }

        foreach (var grant in _gone.Take(GrantsAtOnce))
        {
            edit.Delete(IdentityKeys.Grant(grant.Target, grant.Name));
        }

        edit.Audit(AuditDraft.Of($"{run}:observed:{_seen.Target}", AuditKind.Observed, new
        {
            target = _seen.Target,
            recorded = changed ? _before : null,
            found = _seen.Account,
            _seen.Sessions,
            notHeld = _gone.Select(g => g.Name).Take(MostListed),
            undecided = Undecided.Select(u => u.Right).Take(MostListed),
        }));
    }

    static Account AsFound(Account? before, string target, TargetAccount found, IEnumerable<string> managed, StepFacts facts)
    {
        var known = before ?? new Account(
            target, found.Key, found.UserName, AccountStatus.Active, new Dictionary<string, string>(), facts.RevocationOwner, facts.Now);
        var attributes = known.Attributes.ToDictionary();
        foreach (var name in managed)
        {
            if ((name == AttributeNames.UserName ? found.UserName : found.Attributes.GetValueOrDefault(name)) is { } value)
            {
                attributes[name] = value;
            }
            else
            {
                attributes.Remove(name);
            }
        }

        return known with
        {
            Key = found.Key,

            // A target may write a name in its own way; that is no other name.
            UserName = SignInName.Same(known.UserName, found.UserName, facts.ExactNames) ? known.UserName : found.UserName,
            Status = found.Active ? AccountStatus.Active : AccountStatus.Disabled,
            Attributes = attributes,
        };
    }

    static bool Same(Account? one, Account other) => one is not null && MeshJson.ToBytes(one).AsSpan().SequenceEqual(MeshJson.ToBytes(other));
}
