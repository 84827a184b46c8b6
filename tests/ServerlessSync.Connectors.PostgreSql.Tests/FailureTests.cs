using Npgsql;
using ServerlessSync.TestKit.Servers;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.PostgreSql.Tests;

[Collection(SharedServer.Name)]
public sealed class FailureTests(PostgreSqlFixture fixture)
{
    static readonly WriteContext Context = new("step-1");

    PostgreSqlServer Server => fixture.Server;

    PostgreSqlConnector Connector => fixture.Connector;

    [Fact]
    public async Task A_write_that_runs_too_long_is_ended_by_the_server_without_effect()
    {
        await using var block = await CatalogBlock.HoldAsync(Server);
        await using var impatient = PostgreSqlFixture.Connect(Server, TimeSpan.FromSeconds(1));

        (await Should.ThrowAsync<ConnectorException>(impatient.CreateAsync(New("f_1"), Context, default))).Kind.ShouldBe(FailureKind.Transient);

        (await Connector.FindByKeyAsync("f_1", default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_cancelled_write_ends_as_cancelled_and_has_no_effect()
    {
        await using var block = await CatalogBlock.HoldAsync(Server);
        using var cancellation = new CancellationTokenSource();
        var create = Connector.CreateAsync(New("f_2"), Context, cancellation.Token);
        await block.UntilSomeoneWaitsAsync();

        await cancellation.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(create);
        (await Connector.FindByKeyAsync("f_2", default)).ShouldBeNull();
        await Should.ThrowAsync<OperationCanceledException>(Connector.ReadPageAsync(continuationToken: null, cancellation.Token));
    }

    [Fact]
    public async Task A_wrong_password_and_a_missing_right_are_unauthorised_and_show_no_secret()
    {
        await using var wrong = new PostgreSqlConnector(Options("admin", "s3cret-and-wrong"), TimeProvider.System);
        var failure = await Should.ThrowAsync<ConnectorException>(wrong.TestConnectionAsync(default));
        failure.Kind.ShouldBe(FailureKind.Unauthorised);
        failure.ToString().ShouldNotContain("s3cret");

        await Server.ExecuteAsync("CREATE ROLE weak LOGIN PASSWORD 'pw'", default);
        await using var weak = new PostgreSqlConnector(Options("weak", "pw"), TimeProvider.System);
        (await Should.ThrowAsync<ConnectorException>(weak.CreateAsync(New("f_3"), Context, default))).Kind.ShouldBe(FailureKind.Unauthorised);
    }

    [Fact]
    public async Task A_user_with_CREATEROLE_and_pg_signal_backend_is_enough()
    {
        await Server.ExecuteAsync("CREATE ROLE mesh LOGIN CREATEROLE PASSWORD 'pw'; GRANT pg_signal_backend TO mesh; CREATE ROLE readers", default);
        await using var mesh = new PostgreSqlConnector(Options("mesh", "pw"), TimeProvider.System);
        var account = new AccountReference("f_4", "id-f_4");

        (await mesh.CreateAsync(New("f_4"), Context, default)).Outcome.ShouldBe(WriteOutcome.Applied);
        (await mesh.GrantAsync(account, "role:readers", Context, default)).Outcome.ShouldBe(WriteOutcome.Applied);
        await Server.ExecuteAsync("ALTER ROLE f_4 PASSWORD 'pw'", default);
        await using var session = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Server.AdminConnectionString) { Username = "f_4", Password = "pw" }.ConnectionString);
        await session.OpenAsync();
        (await mesh.SetActiveAsync(account, active: false, Context, default)).Outcome.ShouldBe(WriteOutcome.Applied);
        (await mesh.RevokeSessionsAsync(account, Context, default)).Outcome.ShouldBe(WriteOutcome.Applied);
        (await mesh.DeleteAsync(account, Context, default)).Outcome.ShouldBe(WriteOutcome.Applied);
    }

    [Fact]
    public void Options_that_cannot_work_are_refused_at_once()
    {
        var good = Options("admin", "pw");
        PostgreSqlOptions[] bad =
        [
            good with { ConnectionString = good.ConnectionString + ";Password=x" },
            good with { Id = "" },
            good with { CommandTimeout = TimeSpan.Zero },
            good with { MaxConnections = 0 },
        ];

        bad.ShouldAllBe(b => Record.Exception(() => new PostgreSqlConnector(b, TimeProvider.System)) is ArgumentException);
    }

    [Fact]
    public async Task A_role_that_someone_else_makes_at_the_same_moment_is_refused()
    {
        await using var block = await CatalogBlock.HoldAsync(Server, "CREATE ROLE f_race LOGIN");
        var create = Connector.CreateAsync(New("f_race"), Context, default);
        await block.UntilSomeoneWaitsAsync();

        await block.CommitAsync();

        (await create).Outcome.ShouldBe(WriteOutcome.Refused);
        (await Connector.FindByKeyAsync("f_race", default))!.OwnerMark.ShouldBeNull();
    }

    [Fact]
    public async Task A_role_that_someone_else_changes_at_the_same_moment_is_a_conflict()
    {
        await Connector.CreateAsync(New("f_changed"), Context, default);
        await using var block = await CatalogBlock.HoldAsync(Server, "ALTER ROLE f_changed CONNECTION LIMIT 5");
        var disable = Connector.SetActiveAsync(new("f_changed", "id-f_changed"), active: false, Context, default);
        await block.UntilSomeoneWaitsAsync();

        await block.CommitAsync();

        (await Should.ThrowAsync<ConnectorException>(disable)).Kind.ShouldBe(FailureKind.Conflict);
        (await Connector.SetActiveAsync(new("f_changed", "id-f_changed"), active: false, Context, default)).Outcome.ShouldBe(WriteOutcome.Applied);
    }

    static AccountCreation New(string name) => new("id-" + name, name, new Dictionary<string, string>(StringComparer.Ordinal));

    PostgreSqlOptions Options(string user, string password) => new()
    {
        Id = "warehouse",
        ConnectionString = new NpgsqlConnectionStringBuilder(Server.ConnectionString) { Username = user }.ConnectionString,
        Password = _ => ValueTask.FromResult(password),
    };
}
