using System.Text.Json;
using System.Text.RegularExpressions;

namespace ServerlessSync.Architecture;

/// <summary>Templates fit each other: every module is there, gets the parameters it declares, and answers the outputs that are asked of it.</summary>
static partial class DeploymentWiring
{
    const string Main = "infra/azure/main.bicep";

    public static IEnumerable<string> Check(Deployment deployment)
    {
        var files = deployment.Templates.ToDictionary(file => file.Path, StringComparer.Ordinal);
        var main = files[Main];
        return
        [
            .. main.Modules.SelectMany(module => OfModule(module, files)),
            .. deployment.ParameterFiles.SelectMany(file => Given(file.Path, file.Variables, main)),
            .. main.Modules.Concat(main.Outputs).SelectMany(declaration => Outputs(declaration, main, files)),
        ];
    }

    static IEnumerable<string> OfModule(JsonElement module, Dictionary<string, BicepFile> files) => files.TryGetValue(PathOf(module), out var file)
        ? Given(BicepFile.NameOf(module), module.GetProperty("value").GetProperty("params").EnumerateObject().Select(parameter => parameter.Name), file)
        : [$"{Main} deploys {module.GetProperty("type").GetString()}, which is not there"];

    static IEnumerable<string> Given(string who, IEnumerable<string> given, BicepFile file)
    {
        string[] names = [.. given];
        return
        [
            .. file.Parameters.Where(parameter => !parameter.TryGetProperty("value", out _)).Select(BicepFile.NameOf).Except(names, StringComparer.Ordinal)
                .Select(name => $"{who} is not given {name}"),
            .. names.Except(file.Parameters.Select(BicepFile.NameOf), StringComparer.Ordinal).Select(name => $"{who} is given {name}, which it does not take"),
        ];
    }

    static IEnumerable<string> Outputs(JsonElement declaration, BicepFile main, Dictionary<string, BicepFile> files) =>
        from match in Output().Matches(declaration.ToString())
        let module = main.Modules.FirstOrDefault(module => BicepFile.NameOf(module) == match.Groups["module"].Value)
        where module.ValueKind == JsonValueKind.Undefined
            || !files.TryGetValue(PathOf(module), out var file)
            || !file.Outputs.Any(output => BicepFile.NameOf(output) == match.Groups["output"].Value)
        select $"{BicepFile.NameOf(declaration)} names the output {match.Groups["module"].Value}.{match.Groups["output"].Value}, which is not there";

    static string PathOf(JsonElement module) => "infra/azure/" + module.GetProperty("type").GetString();

    [GeneratedRegex(@"\b(?<module>\w+)!?\.outputs\.(?<output>\w+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Output();
}
