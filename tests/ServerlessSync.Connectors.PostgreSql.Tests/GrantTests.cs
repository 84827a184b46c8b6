using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.PostgreSql.Tests;

[Collection(SharedServer.Name)]
public sealed class GrantTests(PostgreSqlFixture fixture)
{
    static readonly WriteContext Context = new("step-1");

    PostgreSqlConnector Connector => fixture.Connector;

    [Fact]
    public async Task A_grant_is_given_once_and_taken_away_once()
    {
        var account = await CreateAsync("g_one");
        await fixture.Server.CreateGroupRolesAsync(["g_read"], default);

        (await Connector.GrantAsync(account, "role:g_read", Context, default)).ShouldSatisfyAllConditions(
            a => a.Outcome.ShouldBe(WriteOutcome.Applied),
            a => a.HeldBefore.ShouldBe(false));
        (await Connector.GrantAsync(account, "role:g_read", Context, default)).ShouldSatisfyAllConditions(
            a => a.Outcome.ShouldBe(WriteOutcome.AlreadyInPlace),
            a => a.HeldBefore.ShouldBe(true));
        (await Connector.ReadGrantsAsync("g_one", default)).ShouldBe(["role:g_read"]);
        (await Connector.RevokeAsync(account, "role:g_read", Context, default)).ShouldSatisfyAllConditions(
            a => a.Outcome.ShouldBe(WriteOutcome.Applied),
            a => a.HeldBefore.ShouldBe(true));
        (await Connector.RevokeAsync(account, "role:g_read", Context, default)).ShouldSatisfyAllConditions(
            a => a.Outcome.ShouldBe(WriteOutcome.AlreadyInPlace),
            a => a.HeldBefore.ShouldBe(false));
        (await Connector.ReadGrantsAsync("g_one", default)).ShouldBeEmpty();
        fixture.Server.ReadDdl().Where(s => s.Contains("g_read", StringComparison.Ordinal) && !s.StartsWith("CREATE", StringComparison.Ordinal))
            .ShouldBe(["GRANT \"g_read\" TO \"g_one\"", "REVOKE \"g_read\" FROM \"g_one\""]);
    }

    [Fact]
    public async Task Grants_are_read_in_ordinal_order_and_without_the_inherited_ones()
    {
        var account = await CreateAsync("g_order");
        await fixture.Server.CreateGroupRolesAsync(["b_group", "B_group", "é_group", "a_group", "parent_group"], default);
        await fixture.Server.ExecuteAsync("GRANT parent_group TO a_group", default);
        foreach (var group in (string[])["é_group", "b_group", "a_group", "B_group"])
        {
            await Connector.GrantAsync(account, "role:" + group, Context, default);
        }

        (await Connector.ReadGrantsAsync("g_order", default)).ShouldBe(["role:B_group", "role:a_group", "role:b_group", "role:é_group"]);
    }

    [Fact]
    public async Task A_grant_of_a_missing_role_or_to_a_missing_account_is_not_found()
    {
        var account = await CreateAsync("g_missing");

        (await Should.ThrowAsync<ConnectorException>(Connector.GrantAsync(account, "role:no_such_group", Context, default))).Kind.ShouldBe(FailureKind.NotFound);
        (await Should.ThrowAsync<ConnectorException>(Connector.GrantAsync(new("nobody", "id"), "role:g_read", Context, default))).Kind.ShouldBe(FailureKind.NotFound);
        (await Connector.RevokeAsync(account, "role:no_such_group", Context, default)).Outcome.ShouldBe(WriteOutcome.AlreadyInPlace);
        (await Connector.RevokeAsync(new("nobody", "id"), "role:g_read", Context, default)).ShouldBe(WriteResult.AlreadyInPlace(heldBefore: false));
        (await Connector.ReadGrantsAsync("nobody", default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_grant_of_a_role_to_itself_is_rejected()
    {
        var account = await CreateAsync("g_self");

        (await Should.ThrowAsync<ConnectorException>(Connector.GrantAsync(account, "role:g_self", Context, default))).Kind.ShouldBe(FailureKind.Rejected);
    }

    [Theory]
    [InlineData("role:pg_execute_server_program")]
    [InlineData("role:admin")]
    [InlineData("role:")]
    [InlineData("role:public")]
    [InlineData("group:g_read")]
    [InlineData("g_read")]
    [InlineData("")]
    public async Task A_grant_that_must_not_be_given_is_refused(string grant)
    {
        var account = await CreateAsync("g_refused");

        (await Connector.GrantAsync(account, grant, Context, default)).ShouldSatisfyAllConditions(
            a => a.Outcome.ShouldBe(WriteOutcome.Refused),
            a => a.Reason.ShouldNotBeNullOrEmpty());
        (await Connector.ReadGrantsAsync("g_refused", default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_right_that_is_never_granted_here_can_still_be_taken_away()
    {
        var account = await CreateAsync("g_native");
        await fixture.Server.ExecuteAsync("GRANT pg_monitor, admin TO g_native", default);

        (await Connector.RevokeAsync(account, "role:pg_monitor", Context, default)).Outcome.ShouldBe(WriteOutcome.Applied);
        (await Connector.RevokeAsync(account, "role:admin", Context, default)).Outcome.ShouldBe(WriteOutcome.Applied);
        (await Connector.ReadGrantsAsync("g_native", default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task One_role_is_granted_to_many_accounts_at_once()
    {
        await fixture.Server.CreateGroupRolesAsync(["g_many"], default);
        var accounts = await Task.WhenAll(Enumerable.Range(0, 24).Select(n => CreateAsync($"g_many_{n}")));

        var answers = await Task.WhenAll(accounts.SelectMany(a => (Task<WriteResult>[])
            [Connector.GrantAsync(a, "role:g_many", Context, default), Connector.GrantAsync(a, "role:g_many", Context, default)]));

        answers.Count(a => a.Outcome == WriteOutcome.Applied).ShouldBe(24);
        answers.Count(a => a.Outcome == WriteOutcome.AlreadyInPlace).ShouldBe(24);
    }

    async Task<AccountReference> CreateAsync(string name)
    {
        await Connector.CreateAsync(new("id-" + name, name, new Dictionary<string, string>(StringComparer.Ordinal)), Context, default);
        return new AccountReference(name, "id-" + name);
    }
}
