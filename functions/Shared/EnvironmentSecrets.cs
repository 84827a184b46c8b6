using ServerlessSync.Mesh.Configuration;

namespace ServerlessSync.Hosting;

/// <summary>Secrets from the environment: the one place of this host that reads it.</summary>
static class EnvironmentSecrets
{
    // Azure leaves the reference itself where it could not read the secret: https://learn.microsoft.com/azure/app-service/app-service-key-vault-references
    const string Unresolved = "@Microsoft.KeyVault(";

    /// <summary>The value a reference points to, or null.</summary>
    public static string? Find(SecretReference reference) => reference.Scheme == "env" ? Read(reference.Name) : null;

    /// <summary>A value that is given as it is, or as <c>env:NAME</c>.</summary>
    public static string? Resolve(string valueOrReference) =>
        valueOrReference.StartsWith("env:", StringComparison.Ordinal) ? Read(valueOrReference["env:".Length..]) : valueOrReference;

#pragma warning disable RS0030 // A host reads the environment; everything below it is given values.
    static string? Read(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value && !value.StartsWith(Unresolved, StringComparison.OrdinalIgnoreCase) ? value : null;
#pragma warning restore RS0030
}
