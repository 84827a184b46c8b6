using ServerlessSync.Connectors.Http;
using ServerlessSync.TestKit.Servers;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.Scim.Tests;

public sealed class PagingTests
{
    static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(0, 3)]
    [InlineData(7, 3)]
    [InlineData(6, 3)]
    [InlineData(5, 100)]
    public async Task Every_account_is_read_once_foreign_ones_too(int accounts, int pageSize)
    {
        await using var server = await ScimServer.StartAsync();
        using var handler = ConnectorHandlers.Create();
        var options = new ScimOptions
        {
            Id = "saas",
            BaseUrl = server.BaseUrl,
            PageSize = pageSize,
            Token = _ => ValueTask.FromResult(server.Token),
        };
        using var connector = new ScimConnector(options, handler, TimeProvider.System);
        var made = new List<string>();
        for (var i = 0; i < accounts; i++)
        {
            var creation = new AccountCreation($"m{i}", $"u{i}", new Dictionary<string, string>());
            made.Add((await connector.CreateAsync(creation, new WriteContext("k"), None)).Key!);
        }

        var read = new List<string>();
        var pages = 0;
        string? token = null;
        do
        {
            var page = await connector.ReadPageAsync(token, None);
            page.Items.Count.ShouldBeLessThanOrEqualTo(pageSize);
            read.AddRange(page.Items.Select(a => a.Key));
            token = page.NextToken;
            pages++;
        }
        while (token is not null);

        read.ShouldBe(made, ignoreOrder: true);
        // A page begins with what marks the place, at most half of it.
        pages.ShouldBeInRange(Math.Max(1, accounts / pageSize), 1 + (2 * accounts / pageSize));
    }

    [Fact]
    public async Task A_killed_server_is_transient_and_a_new_one_has_forgotten_everything()
    {
        await using var server = await ScimServer.StartAsync("IT");
        using var handler = ConnectorHandlers.Create();
        var options = new ScimOptions { Id = "saas", BaseUrl = server.BaseUrl, Token = _ => ValueTask.FromResult(server.Token) };
        using var connector = new ScimConnector(options, handler, TimeProvider.System);
        var creation = new AccountCreation("m", "u", new Dictionary<string, string>());
        var key = (await connector.CreateAsync(creation, new WriteContext("k"), None)).Key!;

        await server.KillAsync();
        (await Should.ThrowAsync<ConnectorException>(() => connector.CreateAsync(creation, new WriteContext("k"), None))).Kind
            .ShouldBe(FailureKind.Transient);
        await server.RestartAsync(None);

        (await connector.FindByKeyAsync(key, None)).ShouldBeNull();
        server.ReadEffects().Select(e => e.Effect).ShouldBe(["user-created"]);
    }
}
