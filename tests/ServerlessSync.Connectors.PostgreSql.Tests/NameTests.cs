using FsCheck;
using FsCheck.Fluent;
using Npgsql;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.PostgreSql.Tests;

[Collection(SharedServer.Name)]
public sealed class NameTests(PostgreSqlFixture fixture)
{
    static readonly WriteContext Context = new("step-1");
    static readonly Dictionary<string, string> None = [];

    public static TheoryData<string> Hostile => new(
        "x\"; DROP ROLE victim;--",
        "x'; DROP ROLE victim;--",
        "$$; DROP ROLE victim; $$",
        "\"",
        "\"\"",
        "'",
        "\\",
        "E'\\'' ; DROP ROLE victim --",
        "two\nlines\tand a tab",
        " ",
        "select",
        "SELECT",
        "current_user",
        "Ünïcødé 名前",
        "\u202Eevil\u202C",
        "אבג עובד",
        "\U0001F600",
        "e\u0301",
        "%I $1 @p :p {0}",
        new string('a', 63),
        new string('é', 31) + "a",
        new string('名', 21));

    public static TheoryData<string> Impossible => new(
        "",
        "a\0b",
        "pg_x",
        "public",
        "none",
        new string('a', 64),
        new string('é', 32),
        new string('名', 21) + "a");

    PostgreSqlConnector Connector => fixture.Connector;

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Any_name_the_server_can_hold_is_taken_as_it_is(string name)
    {
        await fixture.Server.ExecuteAsync("DO $$ BEGIN CREATE ROLE victim; EXCEPTION WHEN duplicate_object THEN NULL; END $$", default);
        var group = name.Length > 20 ? name[1..] : "in " + name;
        await fixture.Server.CreateGroupRolesAsync([group], default);
        var account = new AccountReference(name, name);

        (await Connector.CreateAsync(new(name, name, None), Context, default)).ShouldBe(WriteResult.Applied(name));
        (await Connector.FindByMarkAsync(name, default))!.Key.ShouldBe(name);
        (await Connector.GrantAsync(account, "role:" + group, Context, default)).Outcome.ShouldBe(WriteOutcome.Applied);
        (await Connector.ReadGrantsAsync(name, default)).ShouldBe(["role:" + group]);
        (await Connector.RevokeAsync(account, "role:" + group, Context, default)).Outcome.ShouldBe(WriteOutcome.Applied);
        (await Connector.SetActiveAsync(account, active: false, Context, default)).Outcome.ShouldBe(WriteOutcome.Applied);
        (await Connector.FindByKeyAsync(name, default)).ShouldSatisfyAllConditions(
            a => a!.UserName.ShouldBe(name),
            a => a!.Active.ShouldBeFalse(),
            a => a!.OwnerMark.ShouldBe(name));
        (await Connector.RevokeSessionsAsync(account, Context, default)).Outcome.ShouldBe(WriteOutcome.AlreadyInPlace);
        (await Connector.DeleteAsync(account, Context, default)).Outcome.ShouldBe(WriteOutcome.Applied);

        (await fixture.Server.ExecuteAsync("SELECT count(*)::int FROM pg_roles WHERE rolname = 'victim'", default)).ShouldBe(1);
        fixture.Server.ReadDdl().ShouldContain($"DROP ROLE \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", StringComparer.Ordinal);
        await fixture.Server.ExecuteAsync($"DROP ROLE \"{group.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", default);
    }

    [Theory]
    [MemberData(nameof(Impossible))]
    public async Task A_name_no_account_may_have_is_refused_and_never_sent(string name)
    {
        var roles = await fixture.Server.ExecuteAsync("SELECT count(*) FROM pg_roles", default);
        var account = new AccountReference(name, "id");

        WriteResult[] answers =
        [
            await Connector.CreateAsync(new("id", name, None), Context, default),
            await Connector.UpdateAsync(new(name, "id", new Dictionary<string, string?>(StringComparer.Ordinal)), Context, default),
            await Connector.SetActiveAsync(account, active: false, Context, default),
            await Connector.GrantAsync(account, "role:x", Context, default),
            await Connector.GrantAsync(new("someone", "id"), "role:" + name, Context, default),
            await Connector.RevokeAsync(account, "role:x", Context, default),
            await Connector.RevokeSessionsAsync(account, Context, default),
            await Connector.DeleteAsync(account, Context, default),
        ];

        answers.ShouldAllBe(a => a.Outcome == WriteOutcome.Refused && a.Reason!.Length > 0);
        (await Connector.FindByKeyAsync(name, default)).ShouldBeNull();
        (await Connector.CountSessionsAsync(name, default)).ShouldBe(0);
        (await Connector.ReadGrantsAsync(name, default)).ShouldBeEmpty();
        (await fixture.Server.ExecuteAsync("SELECT count(*) FROM pg_roles", default)).ShouldBe(roles);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task A_mark_that_cannot_be_written_is_refused(string mark) =>
        (await Connector.CreateAsync(new(mark, "marked", None), Context, default)).Outcome.ShouldBe(WriteOutcome.Refused);

    [Fact]
    public async Task Half_a_character_is_refused()
    {
        // Kept out of the theories: their data travels as UTF-8, which cannot carry it.
        foreach (var half in (string[])["\uD800", "a\uDC00b", "\uDC00\uD800"])
        {
            (await Connector.CreateAsync(new("id", half, None), Context, default)).Outcome.ShouldBe(WriteOutcome.Refused);
            (await Connector.CreateAsync(new(half, "half", None), Context, default)).Outcome.ShouldBe(WriteOutcome.Refused);
            (await Connector.FindByKeyAsync(half, default)).ShouldBeNull();
            (await Connector.FindByMarkAsync(half, default)).ShouldBeNull();
        }
    }

    [Fact]
    public async Task Every_text_that_passes_reads_back_as_it_was_written()
    {
        await using var connection = await fixture.Server.OpenAsync(default);
        var texts = Gen.ListOf(Gen.Elements("'", "\"", "\\", "$$", "--", ";", "\n", "/*", "é", "\U0001F600", "E'", "a", "\0", "\uD800")).Select(string.Concat).ToArbitrary();

        Prop.ForAll(texts, text => RoleName.TextProblem(text, "text") is not null || ReadsBack(connection, text)).QuickCheckThrowOnFailure();
    }

    static bool ReadsBack(NpgsqlConnection connection, string text)
    {
        // The text stands as a literal and as a column's name, under both readings of a backslash.
        foreach (var conforming in (string[])["on", "off"])
        {
            var name = text.Length is 0 or > 15 ? "x" : text;
#pragma warning disable CA2100 // Putting text into SQL is what is tested.
            using var set = new NpgsqlCommand($"SET standard_conforming_strings = {conforming}", connection);
            set.ExecuteNonQuery();
            using var command = new NpgsqlCommand($"SELECT {RoleName.Literal(text)} AS {RoleName.Identifier(name)}", connection);
#pragma warning restore CA2100
            using var reader = command.ExecuteReader();
            reader.Read();
            if (reader.GetString(0) != text || reader.GetName(0) != name)
            {
                return false;
            }
        }

        return true;
    }
}
