using Npgsql;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.Connectors.PostgreSql.Tests;

/// <summary>Holds a catalog lock that writes of comments wait for and looks do not, and tells when someone waits.</summary>
sealed class CatalogBlock : IAsyncDisposable
{
    readonly NpgsqlConnection _holder;
    readonly NpgsqlConnection _watcher;

    CatalogBlock(NpgsqlConnection holder, NpgsqlConnection watcher)
    {
        _holder = holder;
        _watcher = watcher;
    }

    /// <summary>Runs SQL in an open transaction and keeps its locks.</summary>
    public static async Task<CatalogBlock> HoldAsync(PostgreSqlServer server, string sql = "LOCK TABLE pg_shdescription IN SHARE MODE")
    {
        var block = new CatalogBlock(await server.OpenAsync(default), await server.OpenAsync(default));
        await RunAsync(block._holder, "BEGIN; " + sql);
        return block;
    }

    /// <summary>Asks until so many wait for a lock; a test that comes here is bound to see it.</summary>
    public async Task UntilSomeoneWaitsAsync(int count = 1)
    {
        await using var command = new NpgsqlCommand("SELECT count(*)::int FROM pg_locks WHERE NOT granted", _watcher);
        while (await command.ExecuteScalarAsync() is int waiting && waiting < count)
        {
        }
    }

    public Task CommitAsync() => RunAsync(_holder, "COMMIT");

    public async ValueTask DisposeAsync()
    {
        await _holder.DisposeAsync();
        await _watcher.DisposeAsync();
    }

    static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Only constants of the tests come here.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
