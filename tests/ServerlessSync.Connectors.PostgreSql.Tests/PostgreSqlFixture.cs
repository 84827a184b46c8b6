using Npgsql;
using ServerlessSync.TestKit.Servers;
using Xunit;

namespace ServerlessSync.Connectors.PostgreSql.Tests;

/// <summary>One server for the classes that do not stop it.</summary>
public sealed class PostgreSqlFixture : IAsyncLifetime
{
    public PostgreSqlServer Server { get; private set; } = null!;

    public PostgreSqlConnector Connector { get; private set; } = null!;

    public static PostgreSqlConnector Connect(PostgreSqlServer server, TimeSpan? timeout = null) => new(Options(server, timeout), TimeProvider.System);

    public static PostgreSqlOptions Options(PostgreSqlServer server, TimeSpan? timeout = null) => new()
    {
        Id = "warehouse",
        ConnectionString = server.ConnectionString,
        Password = _ => ValueTask.FromResult(server.AdminPassword),
        CommandTimeout = timeout ?? TimeSpan.FromSeconds(15),
    };

    public async Task InitializeAsync()
    {
        Server = await PostgreSqlServer.StartAsync(CancellationToken.None);
        Connector = Connect(Server);
    }

    public async Task DisposeAsync()
    {
        await Connector.DisposeAsync();
        await Server.DisposeAsync();
    }

    /// <summary>Opens a session as a role, with a password given to it natively.</summary>
    public async Task<NpgsqlConnection> SignInAsync(string role)
    {
        await Server.ExecuteAsync($"ALTER ROLE \"{role}\" PASSWORD 'pw'", CancellationToken.None);
        return await OpenAsync(role);
    }

    /// <summary>Opens a session as a role that has its password already.</summary>
    public async Task<NpgsqlConnection> OpenAsync(string role)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Server.AdminConnectionString) { Username = role, Password = "pw" }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}

[CollectionDefinition(Name)]
public sealed class SharedServer : ICollectionFixture<PostgreSqlFixture>
{
    public const string Name = "one PostgreSQL server";
}
