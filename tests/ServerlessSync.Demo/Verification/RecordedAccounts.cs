namespace ServerlessSync.Demo.Verification;

/// <summary>Compares what the registry says of one target with what was read there.</summary>
/// <param name="target">The target's name.</param>
/// <param name="registry">The registry.</param>
/// <param name="findings">Where differences go.</param>
sealed class RecordedAccounts(string target, Registry registry, Findings findings)
{
    /// <summary>Compares one person.</summary>
    /// <param name="person">The person.</param>
    /// <param name="key">The account's key as read, null when there is none.</param>
    /// <param name="active">Whether it can sign in.</param>
    /// <param name="rights">The rights it holds, without the leading kind.</param>
    public void Compare(Person person, string? key, bool active, IReadOnlySet<string> rights)
    {
        if (registry.Of(person) is not { } identity)
        {
            return;
        }

        var recorded = identity.Accounts.Where(a => a.Target == target).Select(a => $"{a.Key} {a.Status}").ToHashSet(StringComparer.Ordinal);
        var read = new HashSet<string>(StringComparer.Ordinal);
        if (key is not null)
        {
            read.Add($"{key} {(active ? "active" : "disabled")}");
        }

        findings.SameSet("records", $"{person.UserName} account in the registry", read, recorded);
        var grants = identity.Grants.Where(g => g.Target == target).Select(g => g.Name[(g.Name.IndexOf(':', StringComparison.Ordinal) + 1)..]).ToHashSet(StringComparer.Ordinal);
        findings.SameSet("records", $"{person.UserName} grants in the registry", rights, grants);
    }
}
