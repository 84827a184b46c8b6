namespace ServerlessSync.EndToEnd.Kill;

/// <summary>What somebody should have at last.</summary>
sealed class ExpectedPerson
{
    public HrEvent? Said { get; set; }

    public bool Active { get; set; }

    /// <summary>Whether an entitlement failed in the newest plan, so that an exception is open: a plan that comes to its end whole settles it.</summary>
    public bool Failed { get; set; }

    /// <summary>Entitlements that stand, by name.</summary>
    public HashSet<string> Held { get; } = [];
}

/// <summary>An entitlement of the test's mesh.yaml.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Department">Who gets it; everybody when null.</param>
/// <param name="Group">The group on the SCIM target.</param>
/// <param name="Role">The role on the PostgreSQL target, if any.</param>
sealed record Entitlement(string Name, string? Department, string Group, string? Role);

/// <summary>
/// The oracle: reckons from the events alone which effects the targets must see, each exactly once, and how they must stand at last.
/// It shares nothing with the product.
/// </summary>
sealed class ExpectedWorld(Person foreign)
{
    /// <summary>A role no server has: granting it always fails, so the whole entitlement is undone.</summary>
    public const string MissingRole = "it_rw";

    public static readonly IReadOnlyList<Entitlement> Entitlements =
    [
        new("everyone", null, "All", "staff_ro"),
        new("executive", "Executive", "Executive", "executive_ro"),
        new("finance", "Finance", "Finance", "finance_ro"),
        new("it", "IT", "IT", MissingRole),
        new("purchasing", "Purchasing", "Purchasing", "purchasing_ro"),
        new("sales", "Sales", "Sales", "sales_ro"),
        new("shipping", "Shipping", "Shipping", null),
    ];

    /// <summary>Every effect that must be seen, in no order.</summary>
    public List<string> Effects { get; } = [];

    public Dictionary<Person, ExpectedPerson> People { get; } = [];

    /// <summary>Whether somebody else holds the person's name on the SCIM target.</summary>
    public bool IsForeign(Person person) => person == foreign;

    public void Apply(HrEvent said)
    {
        if (!People.TryGetValue(said.Person, out var person))
        {
            People.Add(said.Person, person = new ExpectedPerson());
        }

        if (said.Ends)
        {
            End(said.Person, person);
        }
        else
        {
            Carry(said, person);
        }

        person.Said = said;
    }

    void Carry(HrEvent said, ExpectedPerson person)
    {
        CarryAccounts(said, person);
        person.Active = true;
        person.Failed = false;
        var wanted = Entitlements.Where(e => e.Department is null || e.Department == said.Department).ToList();
        foreach (var ended in Entitlements.Where(e => person.Held.Contains(e.Name) && !wanted.Contains(e)))
        {
            Take(said.Person, ended);
            person.Held.Remove(ended.Name);
        }

        foreach (var given in wanted.Where(e => !person.Held.Contains(e.Name)))
        {
            Give(said.Person, person, given);
        }
    }

    void CarryAccounts(HrEvent said, ExpectedPerson person)
    {
        var (name, role) = (said.Person.UserName, said.Person.Local);
        if (person.Said is not { } before)
        {
            Effects.AddRange([$"warehouse create {role}", $"warehouse mark {role}"]);
            AddUnlessForeign(said.Person, $"saas create {name}");
            return;
        }

        if (!person.Active)
        {
            Effects.Add($"warehouse enable {role}");
            AddUnlessForeign(said.Person, $"saas enable {name}");
        }

        if ((before.Department, before.Title) != (said.Department, said.Title))
        {
            AddUnlessForeign(said.Person, $"saas update {name}");
        }
    }

    void Give(Person who, ExpectedPerson person, Entitlement given)
    {
        AddUnlessForeign(who, $"saas add {given.Group} {who.UserName}");
        if (given.Role is { } role && role != MissingRole)
        {
            Effects.Add($"warehouse grant {role} {who.Local}");
        }

        if (!IsForeign(who) && given.Role != MissingRole)
        {
            person.Held.Add(given.Name);
            return;
        }

        // One half cannot be given, so the other half is taken back.
        person.Failed = true;
        Take(who, given);
    }

    void Take(Person who, Entitlement taken)
    {
        AddUnlessForeign(who, $"saas remove {taken.Group} {who.UserName}");
        if (taken.Role is { } role && role != MissingRole)
        {
            Effects.Add($"warehouse revoke {role} {who.Local}");
        }
    }

    void End(Person who, ExpectedPerson person)
    {
        Effects.Add($"warehouse disable {who.Local}");
        AddUnlessForeign(who, $"saas disable {who.UserName}");
        foreach (var held in Entitlements.Where(e => person.Held.Contains(e.Name)))
        {
            Take(who, held);
        }

        person.Held.Clear();
        person.Active = false;
        person.Failed = false;
    }

    void AddUnlessForeign(Person who, string effect)
    {
        if (!IsForeign(who))
        {
            Effects.Add(effect);
        }
    }
}
