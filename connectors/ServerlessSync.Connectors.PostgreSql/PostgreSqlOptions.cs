using Npgsql;

namespace ServerlessSync.Connectors.PostgreSql;

/// <summary>How one PostgreSQL cluster is reached.</summary>
public sealed record PostgreSqlOptions
{
    /// <summary>Name of the target, as in mesh.yaml.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// Host, port, database and user in Npgsql's form, for example <c>Host=db;Database=postgres;Username=mesh</c>. It must hold no password.
    /// All hosts that serve one cluster should name the same database: writes on one role are serialised by a lock of that database.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>Gives the password of the connector's own user; asked for each new connection, so that a rotated password is picked up. Null: none is sent.</summary>
    public Func<CancellationToken, ValueTask<string>>? Password { get; init; }

    /// <summary>Longest time a statement may run, and longest time to wait for sessions to end. <value>15 seconds.</value></summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Most connections open at once. <value>8.</value></summary>
    public int MaxConnections { get; init; } = 8;

    internal static NpgsqlDataSource CreateDataSource(PostgreSqlOptions options)
    {
        if (options.Id.Length == 0 || options.CommandTimeout < TimeSpan.FromSeconds(1) || options.MaxConnections < 1)
        {
            throw new ArgumentException("Id must be given, CommandTimeout be at least a second and MaxConnections at least 1.", nameof(options));
        }

        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        if (!string.IsNullOrEmpty(settings.Password))
        {
            throw new ArgumentException("The connection string must hold no password; give it through Password.", nameof(options));
        }

        // The server ends a slow statement first, and then it is certain that it had no effect; the client's own limit is for a server that is gone.
        // Every statement looks up a few roles or walks an index from a place on. The catalogs' statistics are often stale, and the planner then reads and sorts them whole.
        const string walks = "-c enable_seqscan=off -c enable_sort=off -c enable_hashjoin=off -c enable_mergejoin=off";
        var limit = (int)Math.Ceiling(options.CommandTimeout.TotalSeconds);
        settings.Options = string.Join(' ', settings.Options, walks, FormattableString.Invariant($"-c statement_timeout={limit}s")).Trim();
        settings.CommandTimeout = limit + 5;
        settings.MaxPoolSize = options.MaxConnections;
        settings.ApplicationName ??= "serverlesssync";
        // Nothing a user puts into a schema may stand in for a catalog or a function named here.
        settings.SearchPath = "pg_catalog";
        // Only the detail of a refused DROP ROLE is shown, and it names catalog objects alone.
        settings.IncludeErrorDetail = true;
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        // Only built-in types are read, so the first connection need not fetch the server's list of them.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        if (options.Password is { } password)
        {
            builder.UsePasswordProvider(
                _ => throw new NotSupportedException("Connections are opened asynchronously."),
                (_, cancellationToken) => password(cancellationToken));
        }

        return builder.Build();
    }
}
