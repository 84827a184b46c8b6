using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Kill;

/// <summary>The mesh.yaml of these tests: two real targets, the entitlements of <see cref="ExpectedWorld"/>.</summary>
static class KillYaml
{
    const string Retry = "retry: { attempts: 8, first: PT0.2S, factor: 2, longest: PT2S }";
    const string Saas = "saas: { connector: scim, url: env:SAAS_URL, credential: env:SAAS_TOKEN, stage: enforce, limit: { rate: 1000/s, parallel: 16 }, " + Retry + " }";
    const string Warehouse =
        "warehouse: { connector: postgresql, url: env:WAREHOUSE_URL, credential: env:WAREHOUSE_PASSWORD, stage: enforce, "
        + "userName: \"{userName|local}\", limit: { rate: 1000/s, parallel: 8 }, " + Retry + " }";

    public static string Text => new HrYaml { Targets = [Saas, Warehouse], Entitlements = ExpectedWorld.Entitlements.Select(Line), Attempt = "PT4S" }.Text;

    /// <summary>What the file takes from the environment, where its targets are never reached.</summary>
    public static IReadOnlyDictionary<string, string> UnreachedEnvironment { get; } = new Dictionary<string, string>
    {
        ["HR_KEY_1"] = "whsec_" + Convert.ToBase64String(new byte[32]),
        ["OPS_KEY"] = "key",
        ["SAAS_URL"] = "http://127.0.0.1:1/scim/v2",
        ["SAAS_TOKEN"] = "token",
        ["WAREHOUSE_URL"] = "postgresql://admin@127.0.0.1:1/postgres",
        ["WAREHOUSE_PASSWORD"] = "password",
    };

    static string Line(Entitlement e)
    {
        var when = e.Department is null ? "kind: person" : $"department: {e.Department}";
        var warehouse = e.Role is null ? "" : $", warehouse: [\"role:{e.Role}\"]";
        return $"{{ name: {e.Name}, when: {{ {when} }}, risk: low, grants: {{ saas: [\"group:{e.Group}\"]{warehouse} }} }}";
    }
}
