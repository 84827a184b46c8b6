using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.Scim.Tests;

public sealed class HostileNameTests(ScimTarget target) : ScimTests(target)
{
    public static TheoryData<string> Names =>
    [
        "O\"Brien", "\" or userName pr or userName eq \"", "back\\slash", "ends in \\", "\\\"", "a]b[c", "x) or (y", "Zoë Łukasz",
        "\u202Eright to left\u202C", "שלום", "名前", "👩‍💻 emoji", "tab\there", "line\nbreak", "semi;colon & amp=1#frag%41+plus", "null", "true", "42", "../Users",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Any_text_is_kept_as_mark_name_and_group(string text)
    {
        var mark = NewMark() + text;
        var group = NewMark() + text;
        await NewGroup(group);
        var creation = new AccountCreation(mark, mark, new Dictionary<string, string> { ["displayName"] = text, ["department"] = text });
        var made = await Connector.CreateAsync(creation, Context, None);
        var account = new AccountReference(made.Key!, mark);

        var found = await Connector.FindByMarkAsync(mark, None);
        (found!.Key, found.UserName, found.Attributes["displayName"], found.Attributes["department"]).ShouldBe((made.Key, mark, text, text));
        (await Connector.CreateAsync(creation, Context, None)).Outcome.ShouldBe(WriteOutcome.AlreadyInPlace);
        (await Connector.GrantAsync(account, "group:" + group, Context, None)).Outcome.ShouldBe(WriteOutcome.Applied);
        (await Connector.ReadGrantsAsync(account.Key, None)).ShouldBe(["group:" + group]);
        (await Connector.RevokeAsync(account, "group:" + group, Context, None)).Outcome.ShouldBe(WriteOutcome.Applied);
    }

    [Theory]
    [InlineData("x\" or id pr or id eq \"")]
    [InlineData("../Groups")]
    [InlineData("")]
    [InlineData("a/b?c=d")]
    public async Task A_key_from_elsewhere_finds_nothing(string key)
    {
        await NewAccount();

        (await Connector.FindByKeyAsync(key, None)).ShouldBeNull();
        (await Connector.ReadGrantsAsync(key, None)).ShouldBeEmpty();
    }

    [Fact]
    public void A_mark_finds_the_account_that_carries_it_and_no_other()
    {
        var text = ArbMap.Default.ArbFor<NonEmptyString>();
        Prop.ForAll(text, given =>
        {
            var mark = NewMark() + string.Concat(given.Get.Where(c => !char.IsSurrogate(c)));
            Connector.FindByMarkAsync(mark, None).GetAwaiter().GetResult().ShouldBeNull();
            var made = Connector.CreateAsync(new AccountCreation(mark, NewMark(), new Dictionary<string, string>()), Context, None).GetAwaiter().GetResult();
            Connector.FindByMarkAsync(mark, None).GetAwaiter().GetResult()!.Key.ShouldBe(made.Key);
        }).QuickCheckThrowOnFailure();
    }
}
