using ServerlessSync.Hosting;
using ServerlessSync.Mesh.Configuration;
using Shouldly;
using Xunit;

namespace ServerlessSync.Functions.Tests;

/// <summary>Secrets as Azure puts them into the app's environment.</summary>
public sealed class SecretTests
{
    const string Name = "SERVERLESSSYNC_SECRET_TESTS";

    /// <remarks>https://learn.microsoft.com/azure/app-service/app-service-key-vault-references#troubleshoot-key-vault-references</remarks>
    [Theory]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://kv-mesh-dev-abc.vault.azure.net/secrets/ops-key)")]
    [InlineData("@microsoft.keyvault(VaultName=kv-mesh-dev-abc;SecretName=ops-key)")]
    public void A_reference_to_the_vault_that_was_not_resolved_is_no_secret_for_anybody_could_guess_it(string reference)
    {
        Set(reference);
        EnvironmentSecrets.Find(new SecretReference("env", Name)).ShouldBeNull();
        EnvironmentSecrets.Resolve("env:" + Name).ShouldBeNull();
    }

    [Fact]
    public void What_was_resolved_is_the_secret()
    {
        Set("@Microsoft");
        EnvironmentSecrets.Find(new SecretReference("env", Name)).ShouldBe("@Microsoft");
    }

    static void Set(string value) => Environment.SetEnvironmentVariable(Name, value);
}
