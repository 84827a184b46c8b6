using ServerlessSync.TestKit.Servers;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.PostgreSql.Tests;

public sealed class OutageTests : IAsyncLifetime
{
    static readonly WriteContext Context = new("step-1");
    static readonly AccountCreation Creation = new("id-1", "someone", new Dictionary<string, string>(StringComparer.Ordinal));

    PostgreSqlServer _server = null!;
    PostgreSqlConnector _connector = null!;

    public async Task InitializeAsync()
    {
        _server = await PostgreSqlServer.StartAsync(default);
        _connector = PostgreSqlFixture.Connect(_server, TimeSpan.FromSeconds(5));
    }

    public async Task DisposeAsync()
    {
        await _connector.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_write_cut_off_on_its_way_is_of_unknown_outcome_and_works_when_the_server_is_back()
    {
        await using var block = await CatalogBlock.HoldAsync(_server);
        var create = _connector.CreateAsync(Creation, Context, default);
        await block.UntilSomeoneWaitsAsync();

        await _server.KillAsync(default);

        (await Should.ThrowAsync<ConnectorException>(create)).Kind.ShouldBe(FailureKind.OutcomeUnknown);
        (await Should.ThrowAsync<ConnectorException>(_connector.CreateAsync(Creation, Context, default))).Kind.ShouldBe(FailureKind.Transient);
        (await Should.ThrowAsync<ConnectorException>(_connector.FindByKeyAsync("someone", default))).Kind.ShouldBe(FailureKind.Transient);
        (await Should.ThrowAsync<ConnectorException>(_connector.TestConnectionAsync(default))).Kind.ShouldBe(FailureKind.Transient);
        await _server.StartAgainAsync(default);
        (await _connector.FindByMarkAsync("id-1", default)).ShouldBeNull();
        (await _connector.CreateAsync(Creation, Context, default)).Outcome.ShouldBe(WriteOutcome.Applied);
    }

    [Fact]
    public async Task A_read_cut_off_on_its_way_may_be_tried_again()
    {
        await _connector.TestConnectionAsync(default);
        await using var block = await CatalogBlock.HoldAsync(_server, "LOCK TABLE pg_shdescription IN ACCESS EXCLUSIVE MODE");
        var read = _connector.ReadPageAsync(continuationToken: null, default);
        await block.UntilSomeoneWaitsAsync();

        await _server.KillAsync(default);

        (await Should.ThrowAsync<ConnectorException>(read)).Kind.ShouldBe(FailureKind.Transient);
    }
}
