using System.CommandLine;
using ServerlessSync.Hosting;

namespace ServerlessSync.LocalHost;

/// <summary><c>serverlesssync serve</c>: the whole mesh in this process until it is told to stop.</summary>
static class ServeCommand
{
    public static Command Make()
    {
        var config = new Option<string>("--config") { Description = "mesh.yaml", DefaultValueFactory = _ => "mesh.yaml" };
        var store = new StoreOptions();
        var urls = new Option<string>("--urls") { Description = "address to listen on", DefaultValueFactory = _ => "http://127.0.0.1:7071" };
        var anchor = AnchorFolder.Option();
        var command = store.AddTo(new Command("serve", "Runs the whole mesh in this process.") { config, urls, anchor });
        command.SetAction((parsed, cancellationToken) =>
        {
            var settings = new ServeSettings(parsed.GetValue(config)!, store.Read(parsed), parsed.GetValue(urls)!, parsed.GetValue(anchor));
            // What cannot be used is, for example, an address that is taken or a signing key in the environment that is none.
            return CommandOutcome.OfAsync("serverlesssync", () => ServeAsync(settings, cancellationToken));
        });
        return command;
    }

    static async Task<int> ServeAsync(ServeSettings settings, CancellationToken cancellationToken)
    {
        if (ConfigurationFile.Load(settings.Configuration, withSecrets: true, Console.Error) is not { } configuration)
        {
            return ExitCodes.Usage;
        }

        try
        {
            await using var host = await MeshHost.StartAsync(configuration, settings, cancellationToken);
            Console.WriteLine($"listening {host.Address}");
            await host.RunAsync(cancellationToken);
            return ExitCodes.Ok;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Told to stop while it was starting, for example while it waited for another host's lease.
            return ExitCodes.Ok;
        }
    }
}

/// <summary>How the host is run.</summary>
/// <param name="Configuration">Path of mesh.yaml.</param>
/// <param name="Store">Where the data lies.</param>
/// <param name="Urls">Address to listen on.</param>
/// <param name="Anchor">Folder of the audit anchor; null is the one beside the data.</param>
sealed record ServeSettings(string Configuration, StoreSettings Store, string Urls, string? Anchor);
