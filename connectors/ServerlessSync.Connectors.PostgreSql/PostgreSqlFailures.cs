using System.Net.Sockets;
using Npgsql;

namespace ServerlessSync.Connectors.PostgreSql;

/// <summary>How far a call had got when it failed.</summary>
enum CallPhase
{
    /// <summary>Nothing was sent that could change anything.</summary>
    Harmless,

    /// <summary>A write was on its way.</summary>
    Writing,
}

/// <summary>One row of the table: a SQLSTATE, or the beginning of one, and what it means.</summary>
/// <param name="State">Five characters, or the two of a class.</param>
/// <param name="Kind">What it means when nothing was being written.</param>
/// <param name="WhenWriting">What it means during a write.</param>
sealed record FailureRow(string State, FailureKind Kind, FailureKind WhenWriting)
{
    public FailureRow(string state, FailureKind kind)
        : this(state, kind, kind)
    {
    }
}

/// <summary>What the server's and the driver's errors mean: <see href="https://www.postgresql.org/docs/current/errcodes-appendix.html"/>.</summary>
static class PostgreSqlFailures
{
    /// <summary>The longest state that fits decides; a state that is not here is <see cref="FailureKind.Rejected"/>.</summary>
    public static readonly IReadOnlyList<FailureRow> Table =
    [
        new("08", FailureKind.Transient, FailureKind.OutcomeUnknown), // connection exception
        new("08P01", FailureKind.Rejected), // protocol violation
        new("25006", FailureKind.Conflict), // read-only transaction: a standby answers, the primary has moved
        new("28", FailureKind.Unauthorised), // invalid authorisation, wrong password
        new("3D000", FailureKind.NotFound), // no such database
        new("40", FailureKind.Conflict), // serialisation failure, deadlock: rolled back
        new("40003", FailureKind.Transient, FailureKind.OutcomeUnknown), // statement completion unknown
        new("42501", FailureKind.Unauthorised), // insufficient privilege
        new("42704", FailureKind.NotFound), // no such role
        new("42710", FailureKind.Conflict), // the role has just been made
        new("23505", FailureKind.Conflict), // the same, met at the catalog's unique index
        new("53", FailureKind.Transient), // out of memory, disk or connections
        new("55006", FailureKind.Conflict), // object in use
        new("55P03", FailureKind.Conflict), // lock not available
        new("57014", FailureKind.Transient), // statement timeout: rolled back
        new("57P01", FailureKind.Transient, FailureKind.OutcomeUnknown), // the server shuts down, perhaps after the commit
        new("57P02", FailureKind.Transient, FailureKind.OutcomeUnknown), // the server crashed
        new("57P03", FailureKind.Transient), // cannot connect now
        new("57P05", FailureKind.Transient), // idle session timeout
        new("58", FailureKind.Transient), // the server's operating system failed
    ];

    /// <summary>What a SQLSTATE means.</summary>
    public static FailureKind KindOf(string state, CallPhase phase)
    {
        var row = Table.FirstOrDefault(r => r.State == state) ?? Table.FirstOrDefault(r => r.State.Length == 2 && state.StartsWith(r.State, StringComparison.Ordinal));
        return row is null ? FailureKind.Rejected : phase is CallPhase.Writing ? row.WhenWriting : row.Kind;
    }

    /// <summary>What an exception of the driver means, or null when it is not a failure of the target.</summary>
    public static FailureKind? KindOf(Exception exception, CallPhase phase) => exception switch
    {
        // Two writers met at one catalog row; the server reports it under its state for internal errors, always in English.
        PostgresException { SqlState: PostgresErrorCodes.InternalError } e when e.MessageText.StartsWith("tuple concurrently ", StringComparison.Ordinal) => FailureKind.Conflict,
        PostgresException e => KindOf(e.SqlState, phase),
        NpgsqlException or TimeoutException or IOException or SocketException => phase is CallPhase.Writing ? FailureKind.OutcomeUnknown : FailureKind.Transient,
        _ => null,
    };

    /// <summary>The failure as the connector throws it.</summary>
    public static ConnectorException Failure(string connectorId, FailureKind kind, Exception cause) => new(connectorId, kind, Describe(cause), retryAfter: null, cause);

    static string Describe(Exception exception) => exception is PostgresException e
        ? $"PostgreSQL answered {e.SqlState}: {e.MessageText}"
        : $"PostgreSQL did not answer: {exception.Message}";
}
