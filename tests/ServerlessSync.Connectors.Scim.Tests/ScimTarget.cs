using ServerlessSync.TestKit.Servers;
using Xunit;

namespace ServerlessSync.Connectors.Scim.Tests;

/// <summary>One SCIM server for all tests of the assembly that need a real one; each test makes accounts of its own.</summary>
public sealed class ScimTarget : IAsyncLifetime
{
    public ScimServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await ScimServer.StartAsync("Finance", "IT", "Sales");

    public async Task DisposeAsync() => await Server.DisposeAsync();
}

[CollectionDefinition("scim")]
public sealed class SharedScimTarget : ICollectionFixture<ScimTarget>;
