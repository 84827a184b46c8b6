using ServerlessSync.Demo.Hr;
using ServerlessSync.Mesh.Configuration;

namespace ServerlessSync.Demo.Verification;

/// <summary>What must be true of everybody at the end, computed from the HR files and the written rules.</summary>
sealed class People
{
    readonly MeshConfiguration _configuration;
    readonly Dictionary<string, Person> _byId;

    public People(HrFile file, HrScript script, MeshConfiguration configuration)
    {
        _configuration = configuration;
        var left = script.Leavers.Select(e => e.Employee.Id).Where(id => id != script.Return.Employee.Id).ToHashSet(StringComparer.Ordinal);
        All = [.. file.Employees.Select(e => new Person(
            e, left.Contains(e.Id), file.Titles.GetValueOrDefault(e.JobId), file.Departments.GetValueOrDefault(e.DepartmentId)))];
        _byId = All.ToDictionary(p => p.Id, StringComparer.Ordinal);
    }

    public IReadOnlyList<Person> All { get; }

    public IEnumerable<Person> Active => All.Where(p => !p.HasLeft);

    /// <summary>The manager HR names, or the nearest above who has not left; null when there is none.</summary>
    public Person? ManagerInEffect(Person person)
    {
        var manager = NamedManager(person);
        while (manager is { HasLeft: true })
        {
            manager = NamedManager(manager);
        }

        return manager;
    }

    /// <summary>Everybody above a person.</summary>
    public IEnumerable<Person> Above(Person person)
    {
        for (var manager = NamedManager(person); manager is not null; manager = NamedManager(manager))
        {
            yield return manager;
        }
    }

    /// <summary>The rights a person must hold on a target, without the leading kind.</summary>
    public IReadOnlySet<string> RightsOn(string target, Person person) => person.HasLeft
        ? new HashSet<string>(StringComparer.Ordinal)
        : Entitled(person)
            .Where(e => DenyingRule(e, person) is null)
            .SelectMany(e => e.Grants.GetValueOrDefault(target) ?? [])
            .Select(right => right[(right.IndexOf(':', StringComparison.Ordinal) + 1)..])
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>What a person would be entitled to and policy denies, each with the rule that does.</summary>
    public IEnumerable<(EntitlementConfiguration Entitlement, PolicyRule Rule)> Denied(Person person) =>
        from entitlement in person.HasLeft ? [] : Entitled(person)
        let rule = DenyingRule(entitlement, person)
        where rule is not null
        select (entitlement, rule);

    Person? NamedManager(Person person) => _byId.GetValueOrDefault(person.Employee.ManagerId);

    IEnumerable<EntitlementConfiguration> Entitled(Person person) =>
        _configuration.Entitlements.Where(e => Holds(e.When, name => name == "kind" ? "person" : person.Facts.GetValueOrDefault(name)));

    PolicyRule? DenyingRule(EntitlementConfiguration entitlement, Person person) => entitlement.Grants.Keys
        .Select(target => _configuration.Policy.Rules.FirstOrDefault(rule => Holds(rule.When, name => name switch
        {
            "operation" => "grant",
            "target" => target,
            "entitlement" => entitlement.Name,
            "risk" => entitlement.Risk,
            "kind" => "person",
            _ => person.Facts.GetValueOrDefault(name),
        })) ?? new PolicyRule("default", _configuration.Policy.DefaultAllow, new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal), ""))
        .FirstOrDefault(rule => !rule.Allow);

    static bool Holds(IReadOnlyDictionary<string, IReadOnlyList<string>> conditions, Func<string, string?> read) =>
        conditions.All(c => read(c.Key) is { } value && c.Value.Contains(value, StringComparer.OrdinalIgnoreCase));
}
