using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.PostgreSql.Tests;

[Collection(SharedServer.Name)]
public sealed class SessionTests(PostgreSqlFixture fixture)
{
    static readonly WriteContext Context = new("step-1");

    PostgreSqlConnector Connector => fixture.Connector;

    [Fact]
    public async Task Every_open_session_ends_a_busy_one_too()
    {
        var account = await CreateAsync("s_many");
        List<NpgsqlConnection> sessions = [await fixture.SignInAsync("s_many")];
        for (var n = 0; n < 4; n++)
        {
            sessions.Add(await fixture.OpenAsync("s_many"));
        }

        await using var busy = new NpgsqlCommand("SELECT pg_sleep(600)", sessions[0]);
        var running = busy.ExecuteNonQueryAsync();
        (await Connector.CountSessionsAsync("s_many", default)).ShouldBe(5);

        (await Connector.RevokeSessionsAsync(account, Context, default)).Outcome.ShouldBe(WriteOutcome.Applied);

        (await Connector.CountSessionsAsync("s_many", default)).ShouldBe(0);
        (await Should.ThrowAsync<PostgresException>(running)).SqlState.ShouldBe("57P01");
        foreach (var session in sessions.Skip(1))
        {
            await using var command = new NpgsqlCommand("SELECT 1", session);
            await Should.ThrowAsync<NpgsqlException>(command.ExecuteScalarAsync());
        }

        (await Connector.RevokeSessionsAsync(account, Context, default)).Outcome.ShouldBe(WriteOutcome.AlreadyInPlace);
        sessions.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task Sessions_of_others_go_on()
    {
        var account = await CreateAsync("s_mine");
        await CreateAsync("s_other");
        await using var mine = await fixture.SignInAsync("s_mine");
        await using var other = await fixture.SignInAsync("s_other");

        await Connector.RevokeSessionsAsync(account, Context, default);
        (await Connector.RevokeSessionsAsync(new("s_other", "id-s_mine"), Context, default)).Outcome.ShouldBe(WriteOutcome.Refused);

        await using var command = new NpgsqlCommand("SELECT 1", other);
        (await command.ExecuteScalarAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task An_absent_role_has_no_sessions()
    {
        (await Connector.CountSessionsAsync("nobody", default)).ShouldBe(0);
        (await Connector.RevokeSessionsAsync(new("nobody", "id"), Context, default)).ShouldBe(WriteResult.AlreadyInPlace());
    }

    [Fact]
    public async Task A_disabled_role_with_its_sessions_ended_has_no_way_back_in()
    {
        var account = await CreateAsync("s_leaver");
        await using var session = await fixture.SignInAsync("s_leaver");

        await Connector.SetActiveAsync(account, active: false, Context, default);
        (await Connector.CountSessionsAsync("s_leaver", default)).ShouldBe(1);
        await Connector.RevokeSessionsAsync(account, Context, default);

        (await Connector.CountSessionsAsync("s_leaver", default)).ShouldBe(0);
        await Should.ThrowAsync<PostgresException>(fixture.OpenAsync("s_leaver"));
    }

    [Fact]
    public async Task Waiting_for_sessions_ends_with_the_time_limit()
    {
        var account = await CreateAsync("s_slow");
        await using var session = await fixture.SignInAsync("s_slow");
        await using var connector = new PostgreSqlConnector(
            new PostgreSqlOptions { Id = "warehouse", ConnectionString = fixture.Server.ConnectionString, Password = _ => new(fixture.Server.AdminPassword) },
            new RushingClock());

        // A stopped process cannot act on the signal to end.
        await SignalAsync("STOP", session.ProcessID);

        var failure = await Should.ThrowAsync<ConnectorException>(connector.RevokeSessionsAsync(account, Context, default));

        (failure.Kind, failure.ConnectorId).ShouldBe((FailureKind.Transient, "warehouse"));
        await SignalAsync("CONT", session.ProcessID);
        (await Connector.RevokeSessionsAsync(account, Context, default)).Outcome.ShouldBeOneOf(WriteOutcome.Applied, WriteOutcome.AlreadyInPlace);
        (await Connector.CountSessionsAsync("s_slow", default)).ShouldBe(0);
    }

    static async Task SignalAsync(string signal, int process)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", ["-s", signal, process.ToString(CultureInfo.InvariantCulture)]) { UseShellExecute = false });
        await kill!.WaitForExitAsync();
        kill.ExitCode.ShouldBe(0);
    }

    async Task<AccountReference> CreateAsync(string name)
    {
        await Connector.CreateAsync(new("id-" + name, name, new Dictionary<string, string>(StringComparer.Ordinal)), Context, default);
        return new AccountReference(name, "id-" + name);
    }

    /// <summary>Each look at this clock finds a minute gone.</summary>
    sealed class RushingClock : TimeProvider
    {
        long _minutes;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => 60 * Interlocked.Increment(ref _minutes);
    }
}
