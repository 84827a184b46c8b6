using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>Who holds a name: two spellings of one name are one claim, and what has several spellings is nobody's.</summary>
public sealed class NameTests
{
    [Theory]
    [InlineData("ada@example.com", "ADA@Example.COM")]
    [InlineData("ada@example.com", "\uff41da@example.com")]
    [InlineData("d\u00e9sir\u00e9e@example.com", "D\u00c9SIR\u00c9E@example.com")]
    [InlineData("stra\u00dfe@example.com", "STRA\u1e9eE@example.com")]
    [InlineData("\u03bc\u03ac\u03c1\u03ba\u03bf\u03c2@example.com", "\u039c\u0386\u03a1\u039a\u039f\u03a3@example.com")]
    public async Task Of_two_who_want_one_name_in_two_spellings_one_gets_it_and_the_other_is_an_owned_exception(string one, string other)
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));
        await world.CarryAsync(Named(world.Hr("first", 1), one));

        await world.CarryAsync(Named(world.Hr("second", 1), other));

        world.Targets["t1"].Native.Values.ShouldHaveSingleItem().Mark.ShouldBe(MeshWorld.IdOf("first"));
        var refused = (await world.ExceptionsAsync()).ShouldHaveSingleItem();
        (refused.Kind, refused.Owner, refused.IdentityId).ShouldBe(("event-refused", "identity-team", MeshWorld.IdOf("second")));
        (await world.Stores.Claims.FindAsync(ClaimKind.UserName, other, CancellationToken.None))!.IdentityId.ShouldBe(MeshWorld.IdOf("first"));
    }

    [Theory]
    [InlineData("ilker@example.com", "\u0131lker@example.com")]
    [InlineData("strasse@example.com", "stra\u00dfe@example.com")]
    public async Task Letters_that_are_only_alike_make_two_names_and_two_accounts(string one, string other)
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));

        await world.CarryAsync(Named(world.Hr("first", 1), one), Named(world.Hr("second", 1), other));

        world.Targets["t1"].Native.Keys.ShouldBe([one, other], ignoreOrder: true);
        (await world.ExceptionsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\u0430da@example.com")]
    [InlineData("de\u0301sire\u0301e@example.com")]
    [InlineData("a\u200bda@example.com")]
    [InlineData("ada\u202e@example.com")]
    public async Task A_text_that_is_no_name_is_refused_with_an_owner_however_it_came_in(string text)
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));

        await world.CarryAsync(Named(world.Hr("ada", 1), text));

        world.Targets["t1"].Native.ShouldBeEmpty();
        var refused = (await world.ExceptionsAsync()).ShouldHaveSingleItem();
        refused.Kind.ShouldBe("event-refused");
        refused.Reason.ShouldStartWith("userName must ");
        (await world.ViewAsync("ada"))!.Record.Accepted("userName").ShouldBeNull();
    }

    [Fact]
    public async Task Somebody_whose_name_is_written_another_way_keeps_it_and_the_claim_stands()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));
        await world.CarryAsync(world.Hr("ada", 1));

        await world.CarryAsync(Named(world.Hr("ada", 2), "ADA@example.com"));

        var claim = await world.Stores.Claims.FindAsync(ClaimKind.UserName, "ada@example.com", CancellationToken.None);
        (claim!.IdentityId, claim.Confirmed).ShouldBe((MeshWorld.IdOf("ada"), true));
    }

    static ChangeEvent Named(ChangeEvent change, string userName) =>
        change with { Data = new Dictionary<string, string>(change.Data) { ["userName"] = userName } };
}
