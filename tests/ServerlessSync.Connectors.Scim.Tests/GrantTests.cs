using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.Scim.Tests;

public sealed class GrantTests(ScimTarget target) : ScimTests(target)
{
    [Fact]
    public async Task Granting_and_revoking_happen_once_each_and_tell_what_was_held()
    {
        var account = await NewAccount();

        var grant = await Connector.GrantAsync(account, "group:IT", Context, None);
        var grantAgain = await Connector.GrantAsync(account, "group:IT", Context, None);
        (await Connector.ReadGrantsAsync(account.Key, None)).ShouldBe(["group:IT"]);
        var revoke = await Connector.RevokeAsync(account, "group:IT", Context, None);
        var revokeAgain = await Connector.RevokeAsync(account, "group:IT", Context, None);

        (grant.Outcome, grant.HeldBefore, grant.Before!.Key).ShouldBe((WriteOutcome.Applied, false, account.Key));
        (grantAgain.Outcome, grantAgain.HeldBefore).ShouldBe((WriteOutcome.AlreadyInPlace, true));
        (revoke.Outcome, revoke.HeldBefore).ShouldBe((WriteOutcome.Applied, true));
        (revokeAgain.Outcome, revokeAgain.HeldBefore).ShouldBe((WriteOutcome.AlreadyInPlace, false));
        (await Connector.ReadGrantsAsync(account.Key, None)).ShouldBeEmpty();
        EffectsOn(account.Key).ShouldBe(["user-created", "member-added IT", "member-removed IT"]);
    }

    [Fact]
    public async Task Grants_are_read_over_all_pages_in_ordinal_order()
    {
        using var small = new ScimConnector(Options with { PageSize = 2 }, Wire, TimeProvider.System);
        var account = await NewAccount();
        string[] names = ["b", "B", "a", "Z", "ä"];
        var prefix = NewMark();
        foreach (var name in names)
        {
            await NewGroup(prefix + name);
            await small.GrantAsync(account, $"group:{prefix}{name}", Context, None);
        }

        var grants = await small.ReadGrantsAsync(account.Key, None);

        grants.ShouldBe(names.Select(n => $"group:{prefix}{n}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Members_added_at_once_are_all_kept()
    {
        var group = NewMark();
        await NewGroup(group);
        var accounts = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => NewAccount()));

        await Task.WhenAll(accounts.Select(a => Connector.GrantAsync(a, "group:" + group, Context, None)));

        foreach (var account in accounts)
        {
            (await Connector.ReadGrantsAsync(account.Key, None)).ShouldBe(["group:" + group]);
        }
    }

    [Theory]
    [InlineData("group:No such group")]
    [InlineData("group:it")]
    [InlineData("group:")]
    [InlineData("role:IT")]
    public async Task An_unknown_right_cannot_be_given_and_is_not_held(string grant)
    {
        var account = await NewAccount();

        var failure = await Should.ThrowAsync<ConnectorException>(() => Connector.GrantAsync(account, grant, Context, None));

        failure.Kind.ShouldBe(FailureKind.Rejected);
        (await Connector.RevokeAsync(account, grant, Context, None)).Outcome.ShouldBe(WriteOutcome.AlreadyInPlace);
        EffectsOn(account.Key).ShouldBe(["user-created"]);
    }

    [Fact]
    public async Task An_absent_account_holds_nothing_and_can_be_given_nothing()
    {
        var absent = new AccountReference("no-such-id", "m");

        (await Connector.ReadGrantsAsync(absent.Key, None)).ShouldBeEmpty();
        (await Connector.RevokeAsync(absent, "group:IT", Context, None)).Outcome.ShouldBe(WriteOutcome.AlreadyInPlace);
        (await Should.ThrowAsync<ConnectorException>(() => Connector.GrantAsync(absent, "group:IT", Context, None))).Kind.ShouldBe(FailureKind.NotFound);
    }

    [Fact]
    public async Task A_group_made_anew_under_its_name_is_found()
    {
        var name = NewMark();
        var first = await NewGroup(name);
        await Connector.GrantAsync(await NewAccount(), "group:" + name, Context, None);
        (await Native.DeleteAsync($"Groups/{first}")).EnsureSuccessStatusCode();
        await NewGroup(name);
        var account = await NewAccount();

        (await Connector.GrantAsync(account, "group:" + name, Context, None)).Outcome.ShouldBe(WriteOutcome.Applied);

        EffectsOn(account.Key).ShouldBe(["user-created", "member-added " + name]);
    }

    [Fact]
    public async Task Of_two_groups_with_one_name_neither_is_given()
    {
        var name = NewMark();
        await NewGroup(name);
        await NewGroup(name);
        var account = await NewAccount();

        var failure = await Should.ThrowAsync<ConnectorException>(() => Connector.GrantAsync(account, "group:" + name, Context, None));

        failure.Kind.ShouldBe(FailureKind.Rejected);
        EffectsOn(account.Key).ShouldBe(["user-created"]);
    }

    [Fact]
    public async Task A_deleted_account_leaves_its_groups()
    {
        var account = await NewAccount();
        await Connector.GrantAsync(account, "group:Sales", Context, None);

        await Connector.DeleteAsync(account, Context, None);

        (await Connector.ReadGrantsAsync(account.Key, None)).ShouldBeEmpty();
        EffectsOn(account.Key).ShouldBe(["user-created", "member-added Sales", "user-deleted", "member-removed Sales"]);
    }
}
