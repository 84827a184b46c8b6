namespace ServerlessSync.TestKit.Servers;

/// <summary>Changes roles by SQL as somebody else would, without any code of the product.</summary>
public sealed class PostgreSqlDrift(PostgreSqlServer server)
{
    /// <summary>Takes sign-in away.</summary>
    public Task DisableAsync(string role, CancellationToken cancellationToken) => RunAsync($"ALTER ROLE {Quote(role)} NOLOGIN VALID UNTIL '-infinity'", cancellationToken);

    /// <summary>Gives sign-in back.</summary>
    public Task EnableAsync(string role, CancellationToken cancellationToken) => RunAsync($"ALTER ROLE {Quote(role)} LOGIN VALID UNTIL 'infinity'", cancellationToken);

    /// <summary>Removes the role.</summary>
    public Task DeleteAsync(string role, CancellationToken cancellationToken) => RunAsync($"DROP ROLE {Quote(role)}", cancellationToken);

    /// <summary>Gives the role another name; it keeps its mark.</summary>
    public Task RenameAsync(string role, string name, CancellationToken cancellationToken) =>
        RunAsync($"ALTER ROLE {Quote(role)} RENAME TO {Quote(name)}", cancellationToken);

    /// <summary>Makes it a member of a role.</summary>
    public Task AddRightAsync(string role, string granted, CancellationToken cancellationToken) =>
        RunAsync($"GRANT {Quote(granted)} TO {Quote(role)}", cancellationToken);

    /// <summary>Ends its membership in a role.</summary>
    public Task RemoveRightAsync(string role, string granted, CancellationToken cancellationToken) =>
        RunAsync($"REVOKE {Quote(granted)} FROM {Quote(role)}", cancellationToken);

    /// <summary>Makes a role that can log in and carries no mark.</summary>
    public Task AddForeignAsync(string role, CancellationToken cancellationToken) => RunAsync($"CREATE ROLE {Quote(role)} LOGIN", cancellationToken);

    /// <summary>Makes a role that carries the mark of an identity.</summary>
    public Task AddMarkedAsync(string role, string mark, CancellationToken cancellationToken) =>
        RunAsync($"CREATE ROLE {Quote(role)} LOGIN; COMMENT ON ROLE {Quote(role)} IS {Literal("serverlesssync:" + mark)}", cancellationToken);

    /// <summary>Takes the mark off.</summary>
    public Task RemoveMarkAsync(string role, CancellationToken cancellationToken) => RunAsync($"COMMENT ON ROLE {Quote(role)} IS NULL", cancellationToken);

    /// <summary>Sets a password, with an expiry if one is given.</summary>
    public Task SetPasswordAsync(string role, string password, DateTimeOffset? expires, CancellationToken cancellationToken) =>
        RunAsync($"ALTER ROLE {Quote(role)} PASSWORD {Literal(password)}{(expires is { } e ? $" VALID UNTIL '{e:O}'" : "")}", cancellationToken);

    async Task RunAsync(FormattableString sql, CancellationToken cancellationToken) => await server.ExecuteAsync(FormattableString.Invariant(sql), cancellationToken);

    static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
