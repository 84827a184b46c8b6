using System.Globalization;
using ServerlessSync.Mesh.Authority;
using ServerlessSync.Mesh.Model;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.EndToEnd.Reconciliation.Real;

/// <summary>Somebody with an account on each real target; one who has left has it disabled and without rights.</summary>
sealed record Employee(int Number, bool Left)
{
    const int OneOfHasLeft = 10;

    public string Subject => Number.ToString(CultureInfo.InvariantCulture);

    public Anchor Anchor => new(HrYaml.Source, Subject);

    public string Id => IdentityIds.From(Anchor);

    public string Local => FormattableString.Invariant($"person{Number:d5}");

    public string UserName => Local + "@example.com";

    public IReadOnlyDictionary<string, string> Attributes => new Dictionary<string, string>
    {
        ["displayName"] = FormattableString.Invariant($"Person {Number}"),
        ["department"] = Department,
    };

    /// <summary>One of <see cref="RealYaml.Departments"/>, which gives the entitlement of its name.</summary>
    public string Department => RealYaml.Departments[Number % RealYaml.Departments.Count];

    /// <summary>
    /// Groups they are in. The SCIM server writes a group anew for each member that comes or goes, so none there holds everybody.
    /// </summary>
    public IReadOnlyList<string> Groups => Left ? [] : [Department];

    /// <summary>Roles they have.</summary>
    public IReadOnlyList<string> Roles => Left ? [] : [RealYaml.Everybody, Department];

    public SeedAccount InSaas => new(Id, UserName) { Active = !Left, Attributes = Attributes, Rights = Groups };

    public SeedAccount InWarehouse => new(Id, Local) { Active = !Left, Rights = Roles };

    public static IReadOnlyList<Employee> Many(int count) => [.. Enumerable.Range(1, count).Select(n => new Employee(n, n % OneOfHasLeft == 0))];
}
