using System.Text.Json;
using System.Text.RegularExpressions;

namespace ServerlessSync.Architecture;

/// <summary>What the code and the deployment call by name is called the same on both sides.</summary>
static partial class DeploymentNames
{
    // A connection is the beginning of several settings; what follows two underscores is fixed by the platform.
    const string Continued = "__";

    // Azure knows the worker from the app itself; a developer's machine signs in as the developer and keeps no other runs.
    static readonly string[] LocalOnly = ["FUNCTIONS_WORKER_RUNTIME"];
    static readonly string[] AzureOnly =
        ["APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "AZURE_CLIENT_ID", "AzureFunctionsJobHost", "DURABLE_TASK_SCHEDULER_CONNECTION_STRING"];

    // https://learn.microsoft.com/azure/azure-functions/functions-reference#configure-an-identity-based-connection
    static readonly string[] Connections =
    [
        .. Parts("AzureWebJobsStorage", "blobServiceUri", "queueServiceUri", "tableServiceUri", "credential", "clientId"),
        .. Parts("SERVERLESSSYNC_SERVICEBUS", "fullyQualifiedNamespace", "credential", "clientId"),
    ];

    public static IEnumerable<string> Check(Deployment deployment)
    {
        var names = new DeployedNames(deployment.Templates);
        var code = deployment.Code;
        return
        [
            .. Same("queue", code.Queues, names.Queues),
            .. names.LooseQueues.Select(path => $"{path} makes a queue without sessions or without duplicate detection"),
            .. Same("table", code.Tables, names.Tables),
            .. Same("task hub", code.TaskHubs, names.TaskHubs),
            .. Same("metric", code.Metrics, names.Metrics),
            .. Same("role", code.AzureRoles, names.Roles.Select(role => role.Name)),
            .. Lacking("role", "is given in Bicep and not listed there", names.RolesGiven, names.Roles.Select(role => role.Name)),
            .. Lacking("role", "is listed in Bicep and never given", names.Roles.Select(role => role.Name), names.RolesGiven),
            .. Settings(deployment, names),
            .. Host(deployment, names),
            .. Mesh(deployment),
            .. deployment.Workflow.Contains(code.Routes.Single(route => route == Web.RouteNames.Health), StringComparison.Ordinal) ? Array.Empty<string>() : ["the workflow asks another route than health"],
        ];
    }

    static IEnumerable<string> Settings(Deployment deployment, DeployedNames names)
    {
        string[] whole = [.. names.Settings.Select(setting => setting.Name)];
        string[] azure = [.. whole.Select(Beginning).Distinct(StringComparer.Ordinal)];
        string[] local = [.. Local(deployment).Except(MeshNames(deployment), StringComparer.Ordinal).Select(Beginning).Distinct(StringComparer.Ordinal)];
        return
        [
            .. Same("setting", deployment.Code.Settings.Except(LocalOnly, StringComparer.Ordinal), azure),
            .. Same("local setting", deployment.Code.Settings.Except(AzureOnly, StringComparer.Ordinal), local),
            .. Same("part of a connection", Connections, whole.Where(IsPart)),
            .. Lacking("part of a local connection", "is none", Local(deployment).Where(IsPart), Connections),
            .. Lacking("part of a connection of the code", "is none", deployment.Code.ConnectionParts, Connections.Select(part => part.Split(Continued)[1])),
            .. Lacking("connection", "is named in a setting and is none", names.Settings.Where(setting => NamesConnection(setting.Name)).Select(setting => setting.Value!), whole),
            .. Lacking("mesh.yaml of the settings", "is not what the workflow packs", names.Settings.Where(IsFile).Select(setting => setting.Value!), Packed(deployment)),
        ];
    }

    static bool IsPart(string setting) => setting.Contains(Continued, StringComparison.Ordinal) && !setting.StartsWith(Web.SettingNames.HostOverride, StringComparison.Ordinal);

    static bool NamesConnection(string setting) => setting.EndsWith("connectionStringName", StringComparison.Ordinal) || setting.EndsWith("connectionName", StringComparison.Ordinal);

    static bool IsFile((string Name, string? Value) setting) => setting.Name == Web.SettingNames.Configuration;

    static IEnumerable<string> Packed(Deployment deployment) => File().Matches(deployment.Workflow).Select(match => match.Groups["name"].Value);

    static IEnumerable<string> Host(Deployment deployment, DeployedNames names)
    {
        var extensions = deployment.Host.GetProperty("extensions");
        var durable = extensions.GetProperty("durableTask");
        return
        [
            .. Same("task hub of host.json", deployment.Code.TaskHubs, [durable.GetProperty("hubName").GetString()!]),
            .. Lacking("connection of host.json", "is no setting", [durable.GetProperty("storageProvider").GetProperty("connectionName").GetString()!], deployment.Code.Settings),
            .. extensions.GetProperty("http").GetProperty("routePrefix").GetString() is "" ? Array.Empty<string>() : ["host.json puts a prefix before every route"],
            .. names.Settings.Select(setting => setting.Name).Where(name => name.StartsWith(Web.SettingNames.HostOverride, StringComparison.Ordinal) && !StandsIn(deployment.Host, name))
                .Select(name => $"setting '{name}' replaces what host.json does not have"),
        ];
    }

    /// <summary>What mesh.yaml takes from the environment, the example sets and every parameter file maps, each either as plain text or as a secret.</summary>
    static IEnumerable<string> Mesh(Deployment deployment)
    {
        string[] wanted = [.. MeshNames(deployment)];
        return Lacking("name of mesh.yaml", "is not in the example settings", wanted, Local(deployment))
            .Concat(deployment.ParameterFiles.SelectMany(file => Same(
                $"name of mesh.yaml in {file.Path}",
                wanted,
                [.. Keys(file.Variable("meshSettings")), .. Keys(file.Variable("meshSecrets"))])));
    }

    static IEnumerable<string> MeshNames(Deployment deployment) =>
        Environment().Matches(deployment.MeshYaml).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal);

    static IEnumerable<string> Local(Deployment deployment) => Keys(deployment.LocalSettings.GetProperty("Values"));

    static IEnumerable<string> Keys(JsonElement? value) => value?.EnumerateObject().Select(property => property.Name) ?? [];

    static string Beginning(string setting) => setting.Split(Continued)[0];

    // The object a replaced value stands in must be there; the value itself may be one that host.json leaves out.
    static bool StandsIn(JsonElement host, string setting)
    {
        foreach (var part in setting.Split(Continued)[1..^1])
        {
            if (!host.TryGetProperty(part, out host))
            {
                return false;
            }
        }

        return true;
    }

    static IEnumerable<string> Parts(string connection, params string[] parts) => parts.Select(part => connection + Continued + part);

    static IEnumerable<string> Same(string what, IEnumerable<string> code, IEnumerable<string> deployed)
    {
        string[] left = [.. code];
        string[] right = [.. deployed];
        return
        [
            .. Lacking(what, "is in the code alone", left, right),
            .. Lacking(what, "is in the deployment alone", right, left),
            .. right.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => $"{what} '{group.Key}' is there twice"),
        ];
    }

    static IEnumerable<string> Lacking(string what, string said, IEnumerable<string> names, IEnumerable<string> among) =>
        names.Except(among, StringComparer.Ordinal).Select(name => $"{what} '{name}' {said}");

    [GeneratedRegex(@"zip -q app\.zip (?<name>\S+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex File();

    [GeneratedRegex(@"\benv:(?<name>[A-Za-z_][A-Za-z0-9_]*)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Environment();
}
