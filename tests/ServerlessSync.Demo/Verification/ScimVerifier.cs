using ServerlessSync.Demo.World;

namespace ServerlessSync.Demo.Verification;

/// <summary>Reads the SCIM target by GET and compares all of it with what must be true. Names no code that writes there.</summary>
sealed class ScimVerifier(SampleWorld world, People people)
{
    public async Task<Findings> CompareAsync(Registry registry, CancellationToken cancellationToken)
    {
        using var client = world.Scim.NativeClient();
        var directory = await ScimDirectory.ReadAsync(client, cancellationToken);
        var findings = new Findings(world.ScimTarget);
        var recorded = new RecordedAccounts(world.ScimTarget, registry, findings);
        var byName = directory.Users.ToLookup(u => u.UserName, StringComparer.OrdinalIgnoreCase);
        foreach (var person in people.All)
        {
            var accounts = byName[person.UserName].ToList();
            findings.Equal("accounts", $"{person.UserName} accounts", "1", FormattableString.Invariant($"{accounts.Count}"));
            var user = accounts.FirstOrDefault();
            var groups = user is null ? new HashSet<string>(StringComparer.Ordinal) : directory.GroupsOf(user.Id);
            recorded.Compare(person, user?.Id, user?.Active == true, groups);
            findings.SameSet("memberships", $"{person.UserName} groups", people.RightsOn(world.ScimTarget, person), groups);
            if (user is not null)
            {
                CompareUser(person, user, registry, findings);
                CompareManager(person, user, byName, findings);
            }
        }

        CompareWhole(directory, findings);
        await CompareStrangersAsync(directory, findings, cancellationToken);
        return findings;
    }

    static void CompareUser(Person person, ScimUser user, Registry registry, Findings findings)
    {
        findings.Equal("marks", $"{person.UserName} externalId", registry.Of(person)?.Id, user.ExternalId);
        findings.Check("sign-ins", $"{person.UserName} active", user.Active != person.HasLeft, () => user.Active ? "can sign in and has left" : "cannot sign in");
        foreach (var (name, value) in person.Facts)
        {
            findings.Equal("attributes", $"{person.UserName} {name}", value, user.Attributes[name]);
        }
    }

    /// <summary>Only who is here has a manager kept true; who has left may still name anyone who was above.</summary>
    void CompareManager(Person person, ScimUser user, ILookup<string, ScimUser> byName, Findings findings)
    {
        var actual = user.Attributes["manager"];
        if (person.HasLeft)
        {
            findings.Check("attributes", $"{person.UserName} manager", people.Above(person).SelectMany(m => byName[m.UserName]).Any(m => m.Id == actual), () => $"'{actual}' was never above");
            return;
        }

        var manager = people.ManagerInEffect(person);
        findings.Equal("attributes", $"{person.UserName} manager", manager is null ? null : byName[manager.UserName].FirstOrDefault()?.Id ?? $"the account of {manager.UserName}", actual);
    }

    void CompareWhole(ScimDirectory directory, Findings findings)
    {
        findings.SameSet(
            "lists",
            "users",
            people.All.Select(p => p.UserName).Append("visitor@partner.example").ToHashSet(StringComparer.Ordinal),
            directory.Users.Select(u => u.UserName).ToHashSet(StringComparer.Ordinal));
        findings.Equal("lists", "users with a mark", FormattableString.Invariant($"{people.All.Count}"), FormattableString.Invariant($"{directory.Users.Count(u => u.ExternalId is not null)}"));
        findings.SameSet(
            "lists",
            "groups",
            world.RightsOf(world.ScimTarget, "group").Append(world.ScimStrangers.OwnGroup).ToHashSet(StringComparer.Ordinal),
            directory.Groups.Select(g => g.Key).ToHashSet(StringComparer.Ordinal));
    }

    async Task CompareStrangersAsync(ScimDirectory directory, Findings findings, CancellationToken cancellationToken)
    {
        foreach (var (name, before, now) in await world.ScimStrangers.CompareAsync(cancellationToken))
        {
            findings.Equal("strangers", name, before, now);
        }

        findings.SameSet(
            "strangers",
            "the stranger's groups",
            new HashSet<string>(StringComparer.Ordinal) { world.ScimStrangers.OwnGroup, world.ScimStrangers.SharedGroup },
            directory.GroupsOf(world.ScimStrangers.UserId));
    }
}
