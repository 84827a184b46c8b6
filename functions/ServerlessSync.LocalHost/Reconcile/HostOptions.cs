using System.CommandLine;
using ServerlessSync.Hosting;

namespace ServerlessSync.LocalHost;

/// <summary>The options of the command line that name a mesh that serves.</summary>
sealed class HostOptions
{
    readonly Option<string?> _host = new("--host") { Description = "address of a mesh that serves; without it, the data is used, which no serving host may have open" };

    readonly Option<string> _key = new("--key")
    {
        Description = "with --host, a key of its API: env:NAME, where the environment holds it",
        DefaultValueFactory = _ => "env:SERVERLESSSYNC_KEY",
    };

    /// <summary>Adds them to a command.</summary>
    public Command AddTo(Command command)
    {
        command.Options.Add(_host);
        command.Options.Add(_key);
        return command;
    }

    /// <summary>The mesh that was named, or null.</summary>
    /// <exception cref="FormatException">The address or the key cannot be used.</exception>
    public ServingMesh? Open(ParseResult parsed)
    {
        if (parsed.GetValue(_host) is not { } host)
        {
            return null;
        }

        if (!Uri.TryCreate(host, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
        {
            throw new FormatException("--host is expected to be like https://host; http:// is taken for this machine alone, since the key would travel in clear");
        }

        var key = parsed.GetValue(_key)!;
        if (!key.StartsWith("env:", StringComparison.Ordinal))
        {
            throw new FormatException("--key is expected to be env:NAME: whoever lists processes sees what stands on a command line");
        }

        return new ServingMesh(address, EnvironmentSecrets.Resolve(key) ?? throw new FormatException($"--key: {key} is not set"));
    }
}
