using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Web.Intake;

namespace ServerlessSync.Hosting;

/// <summary>mesh.yaml as a file, with what it takes from the environment.</summary>
static class ConfigurationFile
{
    /// <summary>Reads and proves the file; on any error prints every one, a line each, and answers null. An API key that is not set is told, and is no error.</summary>
    public static MeshConfiguration? Load(string path, bool withSecrets, TextWriter errors)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"{path}: cannot be read: {e.Message}");
            return null;
        }

        var result = MeshConfigurationLoader.Load(bytes);
        var faults = result.Errors.Select(e => e.ToString()).ToList();
        faults.AddRange(result.Configuration is null ? [] : UntoldOf(result.Configuration));
        if (result.Configuration is { } configuration && withSecrets)
        {
            faults.AddRange(MissingOf(configuration));

            // Not a fault: the mesh runs as well without this caller.
            foreach (var key in configuration.ApiKeys.Where(key => EnvironmentSecrets.Find(key.Key) is null))
            {
                errors.WriteLine($"{path}: api.keys.{key.Name}: {key.Key} is not set; this key opens nothing");
            }
        }

        foreach (var fault in faults)
        {
            errors.WriteLine($"{path}: {fault}");
        }

        return faults.Count == 0 ? result.Configuration : null;
    }

    /// <summary>What is asked of connectors that cannot do it.</summary>
    static IEnumerable<string> UntoldOf(MeshConfiguration configuration) => configuration.Targets.Values
        .Where(target => target.Reconcile.Changes is not null && !TargetFactory.TellsChanges(target.Connector))
        .Select(target => $"targets.{target.Name}.reconcile.changes: connector {target.Connector} does not tell what changed; leave it out");

    /// <summary>What mesh.yaml takes from the environment and does not find there, or finds unusable.</summary>
    static IEnumerable<string> MissingOf(MeshConfiguration configuration)
    {
        foreach (var target in configuration.Targets.Values)
        {
            if (EnvironmentSecrets.Find(target.Credential) is null)
            {
                yield return $"targets.{target.Name}.credential: {target.Credential} is not set";
            }

            if (EnvironmentSecrets.Resolve(target.Url) is not { } url)
            {
                yield return $"targets.{target.Name}.url: {target.Url} is not set";
            }
            else if (TargetAddress.Fault(target.Connector, url) is { } fault)
            {
                yield return $"targets.{target.Name}.url: {fault}";
            }
        }

        foreach (var source in configuration.Sources.Values)
        {
            var set = source.Secrets.Where(secret => EnvironmentSecrets.Find(secret) is not null).ToList();
            if (set.Count == 0)
            {
                yield return $"sources.{source.Name}.secrets: none of {string.Join(", ", source.Secrets)} is set";
            }

            foreach (var secret in set.Where(secret => !StandardWebhooks.IsSecret(EnvironmentSecrets.Find(secret)!)))
            {
                yield return $"sources.{source.Name}.secrets: {secret} is not {StandardWebhooks.SecretForm}";
            }
        }
    }
}
