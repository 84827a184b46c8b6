using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.Scim.Tests;

public sealed class AccountTests(ScimTarget target) : ScimTests(target)
{
    const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    static readonly (string, string)[] All =
    [
        ("department", "IT"), ("displayName", "Ann B"), ("employeeNumber", "7"), ("familyName", "B"), ("givenName", "Ann"),
        ("mail", "ann@example.com"), ("manager", "boss-1"), ("phone", "+1 515 123"), ("title", "Engineer"),
    ];

    [Fact]
    public void It_says_what_it_is_and_which_attributes_it_can_hold()
    {
        var description = Connector.Describe();
        (description with { Attributes = [] }).ShouldBe(new ConnectorDescription("saas", "scim", "externalId of the user", false));
        description.Attributes.ShouldBe(
            ["department", "displayName", "employeeNumber", "familyName", "givenName", "mail", "manager", "phone", "title"]);
    }

    [Fact]
    public async Task The_connection_is_proved_with_the_credential()
    {
        await Connector.TestConnectionAsync(None);
        using var stranger = new ScimConnector(Options with { Token = _ => ValueTask.FromResult("wrong-token") }, Wire, TimeProvider.System);

        var failure = await Should.ThrowAsync<ConnectorException>(() => stranger.TestConnectionAsync(None));

        failure.Kind.ShouldBe(FailureKind.Unauthorised);
        failure.ToString().ShouldNotContain("wrong-token");
    }

    [Fact]
    public async Task A_created_account_has_every_attribute_the_mark_and_no_password()
    {
        var account = await NewAccount(All);

        var user = await NativeUser(account.Key);
        user.GetProperty("externalId").GetString().ShouldBe(account.OwnerMark);
        user.GetProperty("active").GetBoolean().ShouldBeTrue();
        user.GetProperty("name").GetProperty("givenName").GetString().ShouldBe("Ann");
        user.GetProperty("emails")[0].GetProperty("type").GetString().ShouldBe("work");
        user.GetProperty("phoneNumbers")[0].GetProperty("value").GetString().ShouldBe("+1 515 123");
        user.GetProperty(Enterprise).GetProperty("manager").GetProperty("value").GetString().ShouldBe("boss-1");
        user.TryGetProperty("password", out _).ShouldBeFalse();
        var read = await Connector.FindByKeyAsync(account.Key, None);
        read!.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => (a.Key, a.Value)).ShouldBe(All);
        read.UserName.ShouldBe(account.OwnerMark + "@example.com");
        (await Connector.FindByMarkAsync(account.OwnerMark, None))!.Key.ShouldBe(account.Key);
        EffectsOn(account.Key).ShouldBe(["user-created"]);
    }

    [Fact]
    public async Task Creating_twice_makes_one_account()
    {
        var account = await NewAccount(All);

        var again = await Connector.CreateAsync(Creation(account.OwnerMark, All), Context, None);

        again.Outcome.ShouldBe(WriteOutcome.AlreadyInPlace);
        again.Key.ShouldBe(account.Key);
        EffectsOn(account.Key).ShouldBe(["user-created"]);
    }

    [Fact]
    public async Task An_account_of_ours_that_was_renamed_is_not_made_again()
    {
        var account = await NewAccount();
        await Update(account, new() { ["userName"] = "elsewhere-" + account.OwnerMark });

        var again = await Connector.CreateAsync(Creation(account.OwnerMark), Context, None);

        (again.Outcome, again.Key).ShouldBe((WriteOutcome.AlreadyInPlace, account.Key));
        Server.ReadEffects().ShouldNotContain(e => e.Effect == "user-created" && e.UserName == account.OwnerMark + "@example.com" && e.User != account.Key);
    }

    [Fact]
    public async Task Eight_creates_at_once_make_one_account()
    {
        var mark = NewMark();

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Connector.CreateAsync(Creation(mark), Context, None)));

        results.Count(r => r.Outcome == WriteOutcome.Applied).ShouldBe(1);
        results.Count(r => r.Outcome == WriteOutcome.AlreadyInPlace).ShouldBe(7);
        results.Select(r => r.Key).Distinct().Count().ShouldBe(1);
        EffectsOn(results[0].Key!).ShouldBe(["user-created"]);
    }

    [Fact]
    public async Task An_account_of_the_same_name_is_never_adopted()
    {
        var mark = NewMark();
        var foreign = await NewForeignAccount($"{mark}@EXAMPLE.com");

        var result = await Connector.CreateAsync(Creation(mark), Context, None);

        result.Outcome.ShouldBe(WriteOutcome.Refused);
        result.Reason.ShouldBe("userName is held by an account the mesh does not own");
        EffectsOn(foreign).ShouldBe(["user-created"]);
    }

    [Fact]
    public async Task An_update_changes_what_differs_and_returns_the_account_as_it_was()
    {
        var account = await NewAccount(All);
        var changes = new Dictionary<string, string?> { ["title"] = "Lead", ["department"] = "Finance", ["mail"] = "a2@example.com", ["givenName"] = "Ann" };

        var result = await Connector.UpdateAsync(new AccountDelta(account.Key, account.OwnerMark, changes), Context, None);
        var again = await Connector.UpdateAsync(new AccountDelta(account.Key, account.OwnerMark, changes), Context, None);

        result.Outcome.ShouldBe(WriteOutcome.Applied);
        result.Before!.Attributes["title"].ShouldBe("Engineer");
        again.Outcome.ShouldBe(WriteOutcome.AlreadyInPlace);
        var now = (await Connector.FindByKeyAsync(account.Key, None))!.Attributes;
        (now["title"], now["department"], now["mail"], now["manager"]).ShouldBe(("Lead", "Finance", "a2@example.com", "boss-1"));
        EffectsOn(account.Key).ShouldBe(["user-created", "user-updated"]);
    }

    [Fact]
    public async Task Every_attribute_can_be_cleared_and_set_again()
    {
        var account = await NewAccount(All);

        await Update(account, All.ToDictionary(a => a.Item1, _ => (string?)null));
        (await Connector.FindByKeyAsync(account.Key, None))!.Attributes.ShouldBeEmpty();
        await Update(account, All.ToDictionary(a => a.Item1, _ => (string?)""));
        await Update(account, All.ToDictionary(a => a.Item1, a => (string?)a.Item2));

        var read = await Connector.FindByKeyAsync(account.Key, None);
        read!.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => (a.Key, a.Value)).ShouldBe(All);
        EffectsOn(account.Key).ShouldBe(["user-created", "user-updated", "user-updated"]);
    }

    [Fact]
    public async Task An_update_leaves_other_addresses_alone()
    {
        var account = await NewAccount(("mail", "work@example.com"));
        using var body = JsonContent("""{"op":"add","path":"emails","value":[{"type":"home","value":"h@example.com"}]}""");
        (await Native.PatchAsync($"Users/{account.Key}", body)).EnsureSuccessStatusCode();

        await Update(account, new() { ["mail"] = "w2@example.com" });

        var emails = (await NativeUser(account.Key)).GetProperty("emails").EnumerateArray().Select(e => e.GetProperty("value").GetString());
        emails.ShouldBe(["w2@example.com", "h@example.com"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_name_can_change_unless_somebody_has_it()
    {
        var account = await NewAccount();
        var other = await NewAccount();

        (await Update(account, new() { ["userName"] = "renamed-" + account.OwnerMark })).Outcome.ShouldBe(WriteOutcome.Applied);
        (await Update(account, new() { ["userName"] = other.OwnerMark + "@example.com" })).Outcome.ShouldBe(WriteOutcome.Refused);

        (await Connector.FindByKeyAsync(account.Key, None))!.UserName.ShouldBe("renamed-" + account.OwnerMark);
    }

    [Fact]
    public async Task An_attribute_scim_does_not_carry_is_rejected_before_any_call()
    {
        var account = await NewAccount();

        (await Should.ThrowAsync<ConnectorException>(() => Update(account, new() { ["shoeSize"] = "43" }))).Kind.ShouldBe(FailureKind.Rejected);
        (await Should.ThrowAsync<ConnectorException>(() => Update(account, new() { ["userName"] = null }))).Kind.ShouldBe(FailureKind.Rejected);
        (await Should.ThrowAsync<ConnectorException>(() => NewAccount(("shoeSize", "43")))).Kind.ShouldBe(FailureKind.Rejected);

        EffectsOn(account.Key).ShouldBe(["user-created"]);
    }

    [Fact]
    public async Task Disabling_and_enabling_happen_once_each()
    {
        var account = await NewAccount();

        var outcomes = new List<WriteOutcome>();
        foreach (var active in new[] { true, false, false, true })
        {
            outcomes.Add((await Connector.SetActiveAsync(account, active, Context, None)).Outcome);
            (await Connector.FindByKeyAsync(account.Key, None))!.Active.ShouldBe(active);
        }

        outcomes.ShouldBe([WriteOutcome.AlreadyInPlace, WriteOutcome.Applied, WriteOutcome.AlreadyInPlace, WriteOutcome.Applied]);
        EffectsOn(account.Key).ShouldBe(["user-created", "user-deactivated", "user-reactivated"]);
    }

    [Fact]
    public async Task Deleting_twice_deletes_once()
    {
        var account = await NewAccount();

        var first = await Connector.DeleteAsync(account, Context, None);
        var second = await Connector.DeleteAsync(account, Context, None);

        first.Before!.OwnerMark.ShouldBe(account.OwnerMark);
        (first.Outcome, second.Outcome).ShouldBe((WriteOutcome.Applied, WriteOutcome.AlreadyInPlace));
        (await Connector.FindByKeyAsync(account.Key, None)).ShouldBeNull();
        (await Connector.FindByMarkAsync(account.OwnerMark, None)).ShouldBeNull();
        EffectsOn(account.Key).ShouldBe(["user-created", "user-deleted"]);
    }

    [Fact]
    public async Task An_absent_account_is_disabled_already_and_cannot_be_enabled_or_updated()
    {
        var absent = new AccountReference("no-such-id", "m");

        (await Connector.SetActiveAsync(absent, false, Context, None)).Outcome.ShouldBe(WriteOutcome.AlreadyInPlace);
        (await Should.ThrowAsync<ConnectorException>(() => Connector.SetActiveAsync(absent, true, Context, None))).Kind.ShouldBe(FailureKind.NotFound);
        (await Should.ThrowAsync<ConnectorException>(() => Update(absent, new() { ["title"] = "x" }))).Kind.ShouldBe(FailureKind.NotFound);
    }

    [Theory]
    [InlineData("other-mark")]
    [InlineData("")]
    [InlineData(null)]
    public async Task No_write_touches_an_account_without_our_mark(string? mark)
    {
        var key = await NewForeignAccount("foreign-" + NewMark());
        var account = new AccountReference(key, mark!);

        WriteResult[] results =
        [
            await Update(account, new() { ["title"] = "x" }),
            await Connector.SetActiveAsync(account, false, Context, None),
            await Connector.DeleteAsync(account, Context, None),
            await Connector.GrantAsync(account, "group:IT", Context, None),
            await Connector.RevokeAsync(account, "group:IT", Context, None),
        ];

        results.ShouldAllBe(r => r.Outcome == WriteOutcome.Refused);
        EffectsOn(key).ShouldBe(["user-created"]);
    }

    static StringContent JsonContent(string operation) => new(
        $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{operation}}]}""",
        System.Text.Encoding.UTF8,
        "application/scim+json");

    Task<WriteResult> Update(AccountReference account, Dictionary<string, string?> changes) =>
        Connector.UpdateAsync(new AccountDelta(account.Key, account.OwnerMark, changes), Context, None);
}
