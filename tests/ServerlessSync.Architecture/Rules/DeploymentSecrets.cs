using System.Text.RegularExpressions;

namespace ServerlessSync.Architecture;

/// <summary>No secret goes through a template: none is given to it, read in it, or answered by it; and each role has one id and a reason.</summary>
static partial class DeploymentSecrets
{
    // https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
    static readonly Dictionary<string, string> BuiltIn = new(StringComparer.Ordinal)
    {
        ["Azure Service Bus Data Receiver"] = "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0",
        ["Azure Service Bus Data Sender"] = "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39",
        ["Durable Task Data Contributor"] = "0ad04412-c4d5-4796-b79c-f76d14c8d402",
        ["Key Vault Crypto User"] = "12338af0-0e69-4776-bea7-57ae8d297424",
        ["Key Vault Secrets User"] = "4633458b-17de-408a-b874-0445c86b69e6",
        ["Monitoring Metrics Publisher"] = "3913510d-42f4-4e42-8a64-420c390055eb",
        ["Storage Blob Data Contributor"] = "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        ["Storage Blob Data Owner"] = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        ["Storage Queue Data Contributor"] = "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
        ["Storage Table Data Contributor"] = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
    };

    public static IEnumerable<string> Check(Deployment deployment) =>
    [
        .. deployment.Templates.Concat(deployment.ParameterFiles).SelectMany(OfFile),
        .. Roles(deployment),
    ];

    static IEnumerable<string> OfFile(BicepFile file) =>
    [
        .. file.Error is null ? Array.Empty<string>() : [$"{file.Path} cannot be parsed: {file.Error}"],
        .. file.Calls.Where(call => Reading().IsMatch(call)).Select(call => $"{file.Path} calls {call}"),
        .. file.Parameters.Select(BicepFile.NameOf).Where(name => Secret().IsMatch(name) && name != "meshSecrets")
            .Select(name => $"{file.Path} takes {name}"),
        .. file.Strings.Where(text => Given().IsMatch(text)).Select(text => $"{file.Path} holds '{text}'"),
        .. from output in file.Outputs
           let expression = output.GetProperty("value").ToString()
           where Answered().IsMatch(expression)
           select $"{file.Path} answers {BicepFile.NameOf(output)}",
    ];

    static IEnumerable<string> Roles(Deployment deployment)
    {
        var roles = new DeployedNames(deployment.Templates).Roles.ToList();
        return
        [
            .. roles.Where(role => !Guid.TryParseExact(role.Id, "D", out _)).Select(role => $"role '{role.Name}' has no id"),
            .. roles.Where(role => BuiltIn.GetValueOrDefault(role.Name) != role.Id).Select(role => $"role '{role.Name}' has another id than Azure gives it"),
            .. roles.Where(role => role.Reason.Length < 20).Select(role => $"role '{role.Name}' has no reason"),
            .. roles.GroupBy(role => role.Id, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => $"two roles have the id {group.Key}"),
            .. from file in deployment.Templates
               from text in file.Strings
               where Guid.TryParseExact(text, "D", out _) && roles.TrueForAll(role => role.Id != text)
               select $"{file.Path} holds the id {text}, of no listed role",
        ];
    }

    // listKeys, listConnectionStrings and the like, getSecret, and the decorator of a parameter that is to be hidden.
    [GeneratedRegex(@"(^|\.)(list[A-Z]\w*|getSecret|secure|newGuid)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reading();

    [GeneratedRegex("secret|password|token|credential|connectionString|accessKey", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Secret();

    [GeneratedRegex(@"AccountKey=|SharedAccess|[?&]sig=|-----BEGIN|whsec_|[Pp]assword=|://[^/@\s]+:[^/@\s]+@|[A-Za-z0-9+]{40,}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Given();

    [GeneratedRegex(@"ConnectionString|InstrumentationKey|[Kk]eys?\(|primaryKey|meshSecrets", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Answered();
}
