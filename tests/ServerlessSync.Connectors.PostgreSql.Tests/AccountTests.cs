using Npgsql;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.PostgreSql.Tests;

[Collection(SharedServer.Name)]
public sealed class AccountTests(PostgreSqlFixture fixture)
{
    static readonly WriteContext Context = new("step-1");
    static readonly Dictionary<string, string> None = [];

    PostgreSqlConnector Connector => fixture.Connector;

    [Fact]
    public async Task A_created_role_can_log_in_has_no_password_and_carries_the_mark()
    {
        (await CreateAsync("c_new", "id-1")).ShouldBe(WriteResult.Applied("c_new"));

        (await SqlAsync("SELECT rolcanlogin::text || coalesce(rolpassword, '-') || shobj_description(oid, 'pg_authid') FROM pg_authid WHERE rolname = 'c_new'"))
            .ShouldBe("true-serverlesssync:id-1");
        var read = (await Connector.FindByKeyAsync("c_new", default)).ShouldNotBeNull();
        (read.UserName, read.Active, read.OwnerMark).ShouldBe(("c_new", true, "id-1"));
        read.Attributes.ShouldBe(new Dictionary<string, string>(StringComparer.Ordinal) { ["rolcanlogin"] = "true" });
    }

    [Fact]
    public async Task Creating_again_is_already_in_place_and_runs_no_statement()
    {
        await CreateAsync("c_twice", "id-2");
        var ran = Ddl("c_twice").Count;

        var again = await CreateAsync("c_twice", "id-2");

        (again.Outcome, again.Key, again.Before?.OwnerMark).ShouldBe((WriteOutcome.AlreadyInPlace, "c_twice", "id-2"));
        Ddl("c_twice").Count.ShouldBe(ran);
        ran.ShouldBe(2);
    }

    [Theory]
    [InlineData("foreign_login", "CREATE ROLE foreign_login LOGIN")]
    [InlineData("foreign_note", "CREATE ROLE foreign_note; COMMENT ON ROLE foreign_note IS 'reports'")]
    [InlineData("foreign_other", "CREATE ROLE foreign_other; COMMENT ON ROLE foreign_other IS 'serverlesssync:someone-else'")]
    [InlineData("foreign_super", "CREATE ROLE foreign_super SUPERUSER LOGIN; COMMENT ON ROLE foreign_super IS 'serverlesssync:id-3'")]
    public async Task A_role_that_is_not_ours_is_refused_by_every_write_and_stays_as_it_is(string role, string sql)
    {
        await SqlAsync(sql);
        var state = $"SELECT (r, shobj_description(oid, 'pg_authid'))::text FROM pg_roles r WHERE rolname = '{role}'";
        var before = await SqlAsync(state);
        var reference = new AccountReference(role, "id-3");

        WriteResult[] answers =
        [
            await CreateAsync(role, "id-3"),
            await Connector.SetActiveAsync(reference, active: false, Context, default),
            await Connector.SetActiveAsync(reference, active: true, Context, default),
            await Connector.GrantAsync(reference, "role:any", Context, default),
            await Connector.RevokeAsync(reference, "role:any", Context, default),
            await Connector.RevokeSessionsAsync(reference, Context, default),
            await Connector.DeleteAsync(reference, Context, default),
        ];

        answers.ShouldAllBe(a => a.Outcome == WriteOutcome.Refused && a.Reason!.Length > 0);
        (await SqlAsync(state)).ShouldBe(before);
        Ddl(role).Count(s => s.StartsWith("ALTER", StringComparison.Ordinal) || s.StartsWith("DROP", StringComparison.Ordinal)).ShouldBe(0);
    }

    [Fact]
    public async Task Updating_changes_nothing_and_refuses_a_new_name_and_a_foreign_role()
    {
        await CreateAsync("u_one", "id-4");

        (await UpdateAsync("u_one", "id-4", "displayName", "One")).Outcome.ShouldBe(WriteOutcome.AlreadyInPlace);
        (await UpdateAsync("u_one", "id-4", "userName", "u_one")).Outcome.ShouldBe(WriteOutcome.AlreadyInPlace);
        (await UpdateAsync("u_one", "id-4", "userName", "u_two")).Outcome.ShouldBe(WriteOutcome.Refused);
        (await UpdateAsync("u_one", "id-5", "displayName", "One")).Outcome.ShouldBe(WriteOutcome.Refused);
        (await Should.ThrowAsync<ConnectorException>(UpdateAsync("u_none", "id-4", "displayName", "One"))).Kind.ShouldBe(FailureKind.NotFound);
    }

    [Fact]
    public async Task A_disabled_role_cannot_log_in_until_it_is_enabled()
    {
        await CreateAsync("d_one", "id-6");
        await (await fixture.SignInAsync("d_one")).DisposeAsync();

        var disabled = await Connector.SetActiveAsync(new("d_one", "id-6"), active: false, Context, default);

        (disabled.Outcome, disabled.Before?.Active).ShouldBe((WriteOutcome.Applied, true));
        (await Should.ThrowAsync<PostgresException>(fixture.OpenAsync("d_one"))).SqlState.ShouldBe("28P01");
        await SqlAsync("ALTER ROLE d_one VALID UNTIL 'infinity'");
        (await Should.ThrowAsync<PostgresException>(fixture.OpenAsync("d_one"))).SqlState.ShouldBe("28000");
        (await Connector.SetActiveAsync(new("d_one", "id-6"), active: false, Context, default)).Outcome.ShouldBe(WriteOutcome.Applied);
        var again = await Connector.SetActiveAsync(new("d_one", "id-6"), active: false, Context, default);
        again.Outcome.ShouldBe(WriteOutcome.AlreadyInPlace);
        again.Before!.Attributes.ShouldBe(new Dictionary<string, string>(StringComparer.Ordinal) { ["rolcanlogin"] = "false", ["rolvaliduntil"] = "-infinity" }, ignoreOrder: true);

        (await Connector.SetActiveAsync(new("d_one", "id-6"), active: true, Context, default)).Outcome.ShouldBe(WriteOutcome.Applied);
        (await Connector.SetActiveAsync(new("d_one", "id-6"), active: true, Context, default)).Outcome.ShouldBe(WriteOutcome.AlreadyInPlace);
        await (await fixture.OpenAsync("d_one")).DisposeAsync();
    }

    [Fact]
    public async Task An_expiry_that_someone_set_survives_disabling_and_enabling()
    {
        await CreateAsync("d_expiring", "id-7");
        await SqlAsync("ALTER ROLE d_expiring VALID UNTIL '2031-02-03 04:05:06+00'");

        foreach (var active in (bool[])[false, true])
        {
            (await Connector.SetActiveAsync(new("d_expiring", "id-7"), active, Context, default)).Outcome.ShouldBe(WriteOutcome.Applied);
            (await Connector.SetActiveAsync(new("d_expiring", "id-7"), active, Context, default)).Outcome.ShouldBe(WriteOutcome.AlreadyInPlace);
            var read = (await Connector.FindByKeyAsync("d_expiring", default))!;
            (read.Active, read.Attributes["rolvaliduntil"]).ShouldBe((active, "2031-02-03T04:05:06.000000Z"));
        }
    }

    [Fact]
    public async Task Login_given_back_behind_our_back_is_seen_and_taken_away_again()
    {
        await CreateAsync("d_drift", "id-8");
        await Connector.SetActiveAsync(new("d_drift", "id-8"), active: false, Context, default);
        await SqlAsync("ALTER ROLE d_drift LOGIN");

        (await Connector.FindByKeyAsync("d_drift", default))!.Active.ShouldBeTrue();
        (await Connector.SetActiveAsync(new("d_drift", "id-8"), active: false, Context, default)).Outcome.ShouldBe(WriteOutcome.Applied);
        (await Connector.FindByKeyAsync("d_drift", default))!.Active.ShouldBeFalse();
    }

    [Fact]
    public async Task An_absent_role_is_already_disabled_and_deleted_and_cannot_be_enabled()
    {
        (await Connector.SetActiveAsync(new("nobody", "id"), active: false, Context, default)).ShouldBe(WriteResult.AlreadyInPlace());
        (await Connector.DeleteAsync(new("nobody", "id"), Context, default)).ShouldBe(WriteResult.AlreadyInPlace());
        (await Should.ThrowAsync<ConnectorException>(Connector.SetActiveAsync(new("nobody", "id"), active: true, Context, default))).Kind.ShouldBe(FailureKind.NotFound);
        (await Connector.FindByKeyAsync("nobody", default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_deleted_role_is_gone_with_its_sessions()
    {
        await CreateAsync("x_one", "id-9");
        await using var session = await fixture.SignInAsync("x_one");

        var deleted = await Connector.DeleteAsync(new("x_one", "id-9"), Context, default);

        (deleted.Outcome, deleted.Before?.OwnerMark).ShouldBe((WriteOutcome.Applied, "id-9"));
        (await SqlAsync("SELECT count(*)::int FROM pg_roles WHERE rolname = 'x_one'")).ShouldBe(0);
        await using var command = new NpgsqlCommand("SELECT 1", session);
        await Should.ThrowAsync<NpgsqlException>(command.ExecuteScalarAsync());
        (await Connector.DeleteAsync(new("x_one", "id-9"), Context, default)).Outcome.ShouldBe(WriteOutcome.AlreadyInPlace);
    }

    [Fact]
    public async Task A_role_that_owns_something_is_not_deleted_and_the_reason_says_what()
    {
        await CreateAsync("x_owner", "id-10");
        await SqlAsync("CREATE SCHEMA owned_by_x AUTHORIZATION x_owner");
        await using var session = await fixture.SignInAsync("x_owner");

        var refused = await Connector.DeleteAsync(new("x_owner", "id-10"), Context, default);

        refused.Outcome.ShouldBe(WriteOutcome.Refused);
        refused.Reason!.ShouldContain("owner of schema owned_by_x");
        (await Connector.CountSessionsAsync("x_owner", default)).ShouldBe(1);
    }

    [Fact]
    public async Task A_role_is_found_by_its_mark_alone()
    {
        await CreateAsync("m_one", "mark'\\one");

        (await Connector.FindByMarkAsync("mark'\\one", default))!.Key.ShouldBe("m_one");
        (await Connector.FindByMarkAsync("mark", default)).ShouldBeNull();
        (await Connector.FindByMarkAsync("a\0b", default)).ShouldBeNull();
    }

    [Fact]
    public async Task Two_roles_with_one_mark_are_both_named_and_neither_is_picked()
    {
        await CreateAsync("two_a", "id-12");
        await SqlAsync("CREATE ROLE two_b LOGIN; COMMENT ON ROLE two_b IS 'serverlesssync:id-12'");

        Task[] calls = [Connector.FindByMarkAsync("id-12", default), CreateAsync("two_a", "id-12"), CreateAsync("two_c", "id-12")];
        foreach (var call in calls)
        {
            var failure = await Should.ThrowAsync<ConnectorException>(call);
            failure.Kind.ShouldBe(FailureKind.Rejected);
            failure.Message.ShouldContain("two_a, two_b");
        }

        Ddl("two_c").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("own_new", null)]
    [InlineData("own_taken", "CREATE ROLE own_taken LOGIN")]
    public async Task Creating_under_another_name_answers_the_role_that_carries_the_mark(string wanted, string? sql)
    {
        var (held, mark) = ($"{wanted}_held", $"mark-{wanted}");
        await CreateAsync(held, mark);
        await SqlAsync(sql ?? "SELECT 1");

        var answer = await CreateAsync(wanted, mark);

        (answer.Outcome, answer.Key, answer.Before?.OwnerMark).ShouldBe((WriteOutcome.AlreadyInPlace, held, mark));
        Ddl(wanted).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_two_creates_of_one_mark_under_two_names_at_once_one_applies_and_both_answer_its_key()
    {
        await using var block = await CatalogBlock.HoldAsync(fixture.Server);
        Task<WriteResult>[] creates = [CreateAsync("c_mark_a", "id-13"), CreateAsync("c_mark_b", "id-13")];
        await block.UntilSomeoneWaitsAsync(creates.Length);
        await block.CommitAsync();

        var answers = await Task.WhenAll(creates);

        answers.Count(a => a.Outcome == WriteOutcome.Applied).ShouldBe(1);
        answers.Select(a => a.Key).Distinct().ShouldHaveSingleItem().ShouldBe((await Connector.FindByMarkAsync("id-13", default))!.Key);
    }

    [Fact]
    public async Task Of_many_creates_of_one_role_at_once_one_applies()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => CreateAsync("c_race", "id-11")));

        answers.Count(a => a.Outcome == WriteOutcome.Applied).ShouldBe(1);
        answers.Count(a => a.Outcome == WriteOutcome.AlreadyInPlace).ShouldBe(23);
        Ddl("c_race").Count.ShouldBe(2);
    }

    Task<WriteResult> CreateAsync(string name, string mark) => Connector.CreateAsync(new(mark, name, None), Context, default);

    Task<WriteResult> UpdateAsync(string key, string mark, string attribute, string value) =>
        Connector.UpdateAsync(new(key, mark, new Dictionary<string, string?>(StringComparer.Ordinal) { [attribute] = value }), Context, default);

    Task<object?> SqlAsync(string sql) => fixture.Server.ExecuteAsync(sql, default);

    List<string> Ddl(string role) => [.. fixture.Server.ReadDdl().Where(s => s.Contains($"\"{role}\"", StringComparison.Ordinal))];
}
