using Npgsql;
using ServerlessSync.TestKit.Servers;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.PostgreSql.Tests;

/// <summary>What each call costs the server when there are many roles.</summary>
public sealed class ScaleTests(PostgreSqlFixture fixture) : IClassFixture<PostgreSqlFixture>, IAsyncLifetime
{
    const int Roles = 5_000;

    public Task InitializeAsync() => fixture.Server.SeedAsync(SeedAccount.Many(Roles, "readers", "writers"), default);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Every_statement_looks_into_an_index_and_sorts_and_compares_nothing_whole()
    {
        (string Sql, object[] Parameters)[] cheap =
        [
            (RoleSql.PageOf, ["person02500", 501]),
            (RoleSql.PasswordPageOf, ["person02500", 501]),
            (RoleSql.GrantPageOf, [20_000L, 0L, 2_001]),
            (RoleSql.ByName, ["person02500"]),
            (RoleSql.Grants, ["person02500"]),
            (RoleSql.ByComment, ["serverlesssync:id-02500"]),
            (RoleSql.CreateVerdict, ["person02500", "serverlesssync:id-02500", "go"]),
        ];

        foreach (var (sql, parameters) in cheap)
        {
            var plan = await ExplainAsync(sql, parameters);
            plan.ShouldNotContain("Seq Scan", customMessage: sql);
            plan.ShouldNotContain("Sort Key", customMessage: sql);
            plan.ShouldNotContain("Join Filter", customMessage: sql);
        }
    }

    async Task<string> ExplainAsync(string sql, object[] parameters)
    {
        await using var source = PostgreSqlOptions.CreateDataSource(PostgreSqlFixture.Options(fixture.Server));
        await using var connection = await source.OpenConnectionAsync();
#pragma warning disable CA2100 // Only statements of the product come here.
        await using var command = new NpgsqlCommand("EXPLAIN " + sql, connection);
#pragma warning restore CA2100
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }

        return string.Join('\n', lines);
    }
}
