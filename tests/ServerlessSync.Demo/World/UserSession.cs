using Npgsql;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.Demo.World;

/// <summary>Somebody signed in to the database with a password of their own.</summary>
sealed class UserSession : IAsyncDisposable
{
    readonly string _connectionString;
    readonly NpgsqlConnection _connection;

    UserSession(string role, string connectionString)
    {
        Role = role;
        _connectionString = connectionString;
        _connection = new NpgsqlConnection(connectionString);
    }

    public string Role { get; }

    public static async Task<UserSession> OpenAsync(PostgreSqlServer server, string role, string password, CancellationToken cancellationToken)
    {
        var session = new UserSession(role, FormattableString.Invariant($"Host=127.0.0.1;Port={server.Port};Database=postgres;Username={role};Password={password};Pooling=false"));
        try
        {
            await session._connection.OpenAsync(cancellationToken);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether the session still answers.</summary>
    public async Task<bool> IsAliveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand("SELECT 1", _connection);
            return await command.ExecuteScalarAsync(cancellationToken) is 1;
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Whether the same password would still sign in.</summary>
    public async Task<bool> CanSignInAgainAsync(CancellationToken cancellationToken)
    {
        await using var again = new NpgsqlConnection(_connectionString);
        try
        {
            await again.OpenAsync(cancellationToken);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
