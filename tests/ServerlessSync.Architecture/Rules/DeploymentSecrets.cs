using System.Text.RegularExpressions;

namespace ServerlessSync.Architecture;

/// <summary>No secret goes through a template: none is given to it, read in it, or answered by it; and each role has one id and a reason.</summary>
static partial class DeploymentSecrets
{
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
