using System.Security.Cryptography;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.Demo.World;

/// <summary>The secrets of one sample world, made for it and gone with it, under the names mesh.yaml refers to.</summary>
sealed class Secrets
{
    public Secrets(ScimServer scim, PostgreSqlServer postgreSql, AzuriteServer? tables) => Variables = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["HR_KEY_1"] = WebhookKey(),
        ["HR_KEY_2"] = WebhookKey(),
        ["PAYROLL_KEY"] = WebhookKey(),
        ["OPS_KEY"] = ApiKey(),
        ["VIEW_KEY"] = ApiKey(),
        ["SAAS_URL"] = scim.BaseUrl.AbsoluteUri,
        ["SAAS_TOKEN"] = scim.Token,
        ["WAREHOUSE_URL"] = FormattableString.Invariant($"postgresql://{postgreSql.AdminUser}@127.0.0.1:{postgreSql.Port}/postgres"),
        ["WAREHOUSE_PASSWORD"] = postgreSql.AdminPassword,
        ["SERVERLESSSYNC_TABLES"] = tables?.ConnectionString ?? "",
    };

    /// <summary>Variables of the mesh's environment.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; }

    public IReadOnlyList<string> HrKeys => [Variables["HR_KEY_1"], Variables["HR_KEY_2"]];

    public string ViewKey => Variables["VIEW_KEY"];

    public string OperatorKey => Variables["OPS_KEY"];

    /// <summary>Writes them for a shell to read; the folder must be closed to others.</summary>
    public void Write(string path) => File.WriteAllLines(path, Variables.Select(v => $"export {v.Key}='{v.Value}'"));

    static string WebhookKey() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    static string ApiKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
}
