using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Reconciliation.Real;

/// <summary>The mesh.yaml of comparisons of real targets: the guards let one account of twenty pass for each kind, and 500 at most.</summary>
static class RealYaml
{
    public const string Saas = "saas";
    public const string Warehouse = "warehouse";
    public const string Finance = "Finance";
    public const string Everybody = "everybody";
    public const string ForFinance = "finance";

    /// <summary>A group and a role that no entitlement gives.</summary>
    public const string Odd = "odd";

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
        Entitlements = [Entitlement(Everybody, "kind: person"), Entitlement(ForFinance, $"department: {Finance}")],
    }.Text;

    static string Entitlement(string name, string when) =>
        $"{{ name: {name}, when: {{ {when} }}, risk: low, grants: {{ {Saas}: [\"group:{name}\"], {Warehouse}: [\"role:{name}\"] }} }}";
}
