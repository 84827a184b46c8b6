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
        ["department"] = Number % 2 == 0 ? "IT" : RealYaml.Finance,
    };

    /// <summary>Entitlements, which are named as the group and the role they give.</summary>
    public IReadOnlyList<string> Rights => Left ? [] : Attributes["department"] == RealYaml.Finance ? [RealYaml.Everybody, RealYaml.ForFinance] : [RealYaml.Everybody];

    public SeedAccount InSaas => new(Id, UserName) { Active = !Left, Attributes = Attributes, Rights = Rights };

    public SeedAccount InWarehouse => new(Id, Local) { Active = !Left, Rights = Rights };

    public static IReadOnlyList<Employee> Many(int count) => [.. Enumerable.Range(1, count).Select(n => new Employee(n, n % OneOfHasLeft == 0))];
}
