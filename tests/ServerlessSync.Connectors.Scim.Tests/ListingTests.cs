using ServerlessSync.Connectors.Http;
using ServerlessSync.TestKit.Conformance;
using ServerlessSync.TestKit.Servers;
using Xunit;

namespace ServerlessSync.Connectors.Scim.Tests;

public sealed class ListingTests : ListingConformance, IAsyncLifetime, IDisposable
{
    readonly HttpMessageHandler _handler = ConnectorHandlers.Create();
    ScimServer? _server;
    ScimConnector? _connector;
    ScimDrift? _drift;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);

    public void Dispose()
    {
        _drift?.Dispose();
        _connector?.Dispose();
        _handler.Dispose();
    }

    protected override async Task<ListingStand> StandAsync(IReadOnlyList<SeedAccount> accounts)
    {
        var server = _server = await ScimServer.StartAsync(Rights, accounts, default);
        var connector = _connector = new ScimConnector(
            new ScimOptions { Id = "saas", BaseUrl = server.BaseUrl, Token = _ => ValueTask.FromResult(server.Token) }, _handler, TimeProvider.System);
        var drift = _drift = new ScimDrift(server);
        return new ListingStand(connector, connector, a => a.Id)
        {
            RightPrefix = "group:",
            AddAsync = name => drift.AddForeignAsync(name, default),
            RemoveAsync = name => drift.DeleteAsync(name, default),
            CutOffAsync = server.KillAsync,
        };
    }
}
