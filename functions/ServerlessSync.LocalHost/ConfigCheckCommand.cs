using System.CommandLine;
using ServerlessSync.Hosting;

namespace ServerlessSync.LocalHost;

/// <summary><c>serverlesssync config check</c>: proves mesh.yaml and prints every mistake in it.</summary>
static class ConfigCheckCommand
{
    public static Command Make()
    {
        var path = new Argument<string>("file") { Description = "mesh.yaml", DefaultValueFactory = _ => "mesh.yaml" };
        var secrets = new Option<bool>("--with-environment") { Description = "also checks what the file takes from the environment" };
        var command = new Command("check", "Prints every mistake in mesh.yaml.") { path, secrets };
        command.SetAction(parsed =>
        {
            if (ConfigurationFile.Load(parsed.GetValue(path)!, parsed.GetValue(secrets), Console.Error) is not { } configuration)
            {
                return ExitCodes.Usage;
            }

            Console.WriteLine(
                $"config: OK sources={configuration.Sources.Count} targets={configuration.Targets.Count} entitlements={configuration.Entitlements.Count} hash={configuration.Hash[..12]}");
            return ExitCodes.Ok;
        });
        return command;
    }
}
