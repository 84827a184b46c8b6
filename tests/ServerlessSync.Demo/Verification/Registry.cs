using ServerlessSync.Demo.Api;

namespace ServerlessSync.Demo.Verification;

/// <summary>The mesh's registry as its API showed it at one moment.</summary>
sealed class Registry
{
    const string Source = "hr";

    readonly Dictionary<string, IdentityItem> _byEmployee;

    public Registry(IReadOnlyList<IdentityItem> items)
    {
        Items = items;
        _byEmployee = items.Where(i => i.AnchorIn(Source) is not null).DistinctBy(i => i.AnchorIn(Source)).ToDictionary(i => i.AnchorIn(Source)!, StringComparer.Ordinal);
    }

    public IReadOnlyList<IdentityItem> Items { get; }

    public IdentityItem? Of(Person person) => _byEmployee.GetValueOrDefault(person.Id);

    /// <summary>Compares every identity with the HR files.</summary>
    public Findings Compare(People people)
    {
        var findings = new Findings("registry");
        findings.Equal("counts", "identities", Text(people.All.Count), Text(Items.Count));
        foreach (var person in people.All)
        {
            if (Of(person) is { } identity)
            {
                Compare(person, identity, people, findings);
            }
            else
            {
                findings.Equal("identities", person.UserName, "an identity", null);
            }
        }

        return findings;
    }

    void Compare(Person person, IdentityItem identity, People people, Findings findings)
    {
        findings.Equal("identities", $"{person.UserName} kind", "person", identity.Kind);
        findings.Equal("identities", $"{person.UserName} status", person.HasLeft ? "terminated" : "active", identity.Status);
        foreach (var (name, value) in person.Facts.Append(new("hireDate", person.Employee.HireDate)).Append(new("manager", Blank(person.Employee.ManagerId))))
        {
            var fact = identity.Attributes.GetValueOrDefault(name);
            findings.Equal("facts", $"{person.UserName} {name}", Described(value, Source, "accepted"), fact is null ? null : Described(fact.Value, fact.Source, fact.State));
        }

        if (!person.HasLeft)
        {
            var manager = people.ManagerInEffect(person);
            findings.Equal("managers", $"{person.UserName} manager in effect", manager is null ? null : Of(manager)?.Id ?? "unknown", identity.ManagerInEffect);
        }

        CompareDenials(person, identity, people, findings);
    }

    static void CompareDenials(Person person, IdentityItem identity, People people, Findings findings)
    {
        var expected = people.Denied(person).Select(d => $"{d.Entitlement.Name} by {d.Rule.Name}: {d.Rule.Reason}").ToHashSet(StringComparer.Ordinal);
        var actual = identity.Denied.Select(d => $"{d.Entitlement} by {d.Rule}: {d.Reason}").ToHashSet(StringComparer.Ordinal);
        if (!person.HasLeft)
        {
            findings.SameSet("denials", $"{person.UserName} denied", expected, actual);
        }
    }

    static string? Described(string? value, string source, string state) => value is null ? null : $"{value} ({state}, from {source})";

    static string? Blank(string value) => value.Length == 0 ? null : value;

    static string Text(int number) => FormattableString.Invariant($"{number}");
}
