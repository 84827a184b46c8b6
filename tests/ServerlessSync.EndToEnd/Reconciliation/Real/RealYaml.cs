using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Reconciliation.Real;

/// <summary>The mesh.yaml of comparisons of real targets: the guards let one account of twenty pass for each kind, and 500 at most.</summary>
static class RealYaml
{
    public const string Saas = "saas";
    public const string Warehouse = "warehouse";
    public const string Everybody = "everybody";

    /// <summary>A group and a role that no entitlement gives.</summary>
    public const string Odd = "odd";

    public static IReadOnlyList<string> Departments { get; } = [.. Enumerable.Range(1, 20).Select(n => FormattableString.Invariant($"department{n:d2}"))];

    /// <summary>Every group and role there is to be granted.</summary>
    public static IReadOnlyList<string> Rights { get; } = [Everybody, .. Departments, Odd];

    const string Common =
        "stage: enforce, limit: { rate: 1000/s, parallel: 8 }, retry: { attempts: 8, first: PT0.2S, factor: 2, longest: PT2S }, "
        + "reconcile: { guards: { default: { percent: 5, count: 500, minimumPopulation: 20 } } }";

    public static string Text => new HrYaml
    {
        Targets =
        [
            $"{Saas}: {{ connector: scim, url: env:SAAS_URL, credential: env:SAAS_TOKEN, {Common} }}",
            $"{Warehouse}: {{ connector: postgresql, url: env:WAREHOUSE_URL, credential: env:WAREHOUSE_PASSWORD, userName: \"{{userName|local}}\", {Common} }}",
        ],
        Attempt = "PT10S",
        Entitlements = [ForAll, .. Departments.Select(OfDepartment)],
    }.Text;

    static string ForAll => $"{{ name: {Everybody}, when: {{ kind: person }}, risk: low, grants: {{ {Warehouse}: [\"role:{Everybody}\"] }} }}";

    static string OfDepartment(string name) =>
        $"{{ name: {name}, when: {{ department: {name} }}, risk: low, grants: {{ {Saas}: [\"group:{name}\"], {Warehouse}: [\"role:{name}\"] }} }}";
}
