using ServerlessSync.TestKit.Conformance;
using ServerlessSync.TestKit.Servers;
using Xunit;

namespace ServerlessSync.Connectors.PostgreSql.Tests;

public sealed class ListingTests(PostgreSqlFixture fixture) : ListingConformance, IClassFixture<PostgreSqlFixture>, IAsyncLifetime
{
    bool _cutOff;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _cutOff ? fixture.Server.StartAgainAsync(default) : Task.CompletedTask;

    protected override async Task<ListingStand> StandAsync(IReadOnlyList<SeedAccount> accounts)
    {
        await fixture.Server.ExecuteAsync(
            """
            DO $$ DECLARE r record; BEGIN
              FOR r IN SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'admin' LOOP
                EXECUTE format('DROP ROLE %I', r.rolname);
              END LOOP;
            END $$
            """,
            default);
        await fixture.Server.CreateGroupRolesAsync(Rights, default);
        // A group in a group: its members are no accounts.
        await fixture.Server.ExecuteAsync("GRANT writers TO readers", default);
        await fixture.Server.SeedAsync(accounts, default);
        var drift = new PostgreSqlDrift(fixture.Server);
        return new ListingStand(fixture.Connector, fixture.Connector, a => a.UserName)
        {
            Others = ["admin"],
            RightPrefix = "role:",
            AddAsync = name => drift.AddForeignAsync(name, default),
            RemoveAsync = name => drift.DeleteAsync(name, default),
            CutOffAsync = () =>
            {
                _cutOff = true;
                return fixture.Server.KillAsync(default);
            },
        };
    }
}
