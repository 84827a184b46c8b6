using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.Storage.Tables.Tests;

/// <summary>One Azurite for the tests of a class; every store opened on it has tables of its own.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    public AzuriteServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await AzuriteServer.StartAsync();

    public Task DisposeAsync() => Server.DisposeAsync().AsTask();

    /// <summary>Options for an empty store.</summary>
    public TablesOptions NewOptions() => TablesOptions.FromConnectionString(Server.ConnectionString) with { TablePrefix = Server.NewPrefix(), RequestTimeout = TimeSpan.FromMinutes(1) };
}
