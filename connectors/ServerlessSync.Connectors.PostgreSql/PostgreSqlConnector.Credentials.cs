using System.Globalization;
using Npgsql;

namespace ServerlessSync.Connectors.PostgreSql;

public sealed partial class PostgreSqlConnector
{
    const string PasswordId = "password";

    /// <inheritdoc/>
    /// <remarks>
    /// The passwords of roles that are accounts; the mesh sets none. What is read of a password is whether there is one, a hash of its salt, and
    /// its expiry: <see href="https://www.postgresql.org/docs/current/catalog-pg-authid.html"/>.
    /// </remarks>
    public async Task<Page<TargetCredential>> ReadCredentialPageAsync(string? continuationToken, CancellationToken cancellationToken)
    {
        List<TargetCredential> rows;
        try
        {
            rows = await _database.ReadAsync(RoleSql.PasswordPageOf, Credential, [continuationToken ?? "", PageSize + 1], cancellationToken).ConfigureAwait(false);
        }
        catch (ConnectorException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege })
        {
            throw new ConnectorException(
                _options.Id, FailureKind.Unauthorised, "The connector's user may not read pg_authid, so passwords cannot be listed.", retryAfter: null, e.InnerException);
        }

        var page = rows.Take(PageSize).ToList();
        return new Page<TargetCredential>(page, rows.Count > PageSize ? page[^1].AccountKey : null);
    }

    static TargetCredential Credential(NpgsqlDataReader row)
    {
        var until = row.IsDBNull(2) ? null : row.GetString(2);
        return new TargetCredential(row.GetString(0), PasswordId, row.IsDBNull(1) ? null : row.GetString(1), until switch
        {
            null => null,
            "-infinity" => DateTimeOffset.MinValue,
            // The server counts years this type does not know.
            _ => DateTimeOffset.TryParse(until, CultureInfo.InvariantCulture, out var time) ? time : DateTimeOffset.MaxValue,
        });
    }
}
