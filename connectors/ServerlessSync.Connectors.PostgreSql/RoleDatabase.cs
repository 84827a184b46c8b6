using Npgsql;
using ServerlessSync.Connectors.Limits;

namespace ServerlessSync.Connectors.PostgreSql;

/// <summary>What a guarded write found and whether it went on.</summary>
/// <param name="Verdict">One of <see cref="RoleVerdict"/>.</param>
/// <param name="Role">The role before the write, or null when there was none.</param>
/// <param name="Held">For grants: whether the right was held before.</param>
/// <param name="Sessions">How many sessions the write signalled to end.</param>
sealed record GuardedAnswer(string Verdict, RoleRow? Role, bool? Held, int Sessions);

/// <summary>A write that the server itself stops when the role is not as it must be.</summary>
/// <param name="Name">The role.</param>
/// <param name="OwnerMark">The mark the role must carry.</param>
/// <param name="VerdictSql">One of the verdicts of <see cref="RoleSql"/>.</param>
/// <param name="Proceed">The verdict that lets the write go on.</param>
/// <param name="Statements">What is run then.</param>
sealed record GuardedWrite(string Name, string OwnerMark, string VerdictSql, string Proceed, IReadOnlyList<string> Statements)
{
    /// <summary>The role granted or taken away.</summary>
    public string? Grant { get; init; }
}

/// <summary>Sends statements and turns the driver's exceptions into <see cref="ConnectorException"/>.</summary>
sealed class RoleDatabase(string connectorId, NpgsqlDataSource source) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => source.DisposeAsync();

    /// <summary>Runs one statement that changes nothing and reads all its rows.</summary>
    public Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, object[] parameters, CancellationToken cancellationToken) =>
        RunAsync(CallPhase.Harmless, sql, read, parameters, cancellationToken);

    /// <summary>Runs one statement that has effects and answers one row.</summary>
    public async Task<int> ChangeAsync(string sql, object[] parameters, CancellationToken cancellationToken) =>
        (await RunAsync(CallPhase.Writing, sql, static r => r.GetInt32(0), parameters, cancellationToken).ConfigureAwait(false))[0];

    /// <summary>
    /// One round trip and one transaction: lock, read the role and judge it, stop or go on, change. The statements are not even
    /// begun when the verdict forbids them, and everything is undone when one of them fails.
    /// </summary>
    public async Task<GuardedAnswer> WriteAsync(GuardedWrite write, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var batch = CreateBatch(connection, write);
        await using var ending = batch.ConfigureAwait(false);
        GuardedAnswer? found = null;
        try
        {
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var done = reader.ConfigureAwait(false);
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            found = new GuardedAnswer(reader.GetString(5), RoleRow.Read(reader), reader.IsDBNull(6) ? null : reader.GetBoolean(6), Sessions: 0);
            while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
            {
                // Changes of roles answer no rows; only the ending of sessions does.
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                found = found with { Sessions = reader.GetInt32(0) };
            }

            return found;
        }
        catch (PostgresException e) when (e.SqlState == RoleSql.StoppedState && found is not null)
        {
            return found;
        }
        catch (Exception e) when (PostgreSqlFailures.KindOf(e, CallPhase.Writing) is { } kind)
        {
            throw PostgreSqlFailures.Failure(connectorId, kind, e);
        }
    }

    static NpgsqlBatch CreateBatch(NpgsqlConnection connection, GuardedWrite write)
    {
        var batch = connection.CreateBatch();
        var mark = RoleSql.MarkPrefix + write.OwnerMark;
        batch.BatchCommands.Add(Command(RoleSql.Lock, [write.Name, mark]));
        List<object> judged = [write.Name, mark, write.Proceed];
        if (write.Grant is { } grant)
        {
            judged.Add(grant);
        }

        batch.BatchCommands.Add(Command(write.VerdictSql, judged));
        batch.BatchCommands.Add(Command(RoleSql.Guard, []));
        foreach (var statement in write.Statements)
        {
            batch.BatchCommands.Add(Command(statement, []));
        }

        return batch;
    }

    static NpgsqlBatchCommand Command(string sql, IEnumerable<object> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return command;
    }

    async Task<List<T>> RunAsync<T>(CallPhase phase, string sql, Func<NpgsqlDataReader, T> read, object[] parameters, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        try
        {
            var batch = connection.CreateBatch();
            await using var ending = batch.ConfigureAwait(false);
            batch.BatchCommands.Add(Command(sql, parameters));
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var done = reader.ConfigureAwait(false);
            List<T> rows = [];
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                rows.Add(read(reader));
            }

            return rows;
        }
        catch (Exception e) when (PostgreSqlFailures.KindOf(e, phase) is { } kind)
        {
            throw PostgreSqlFailures.Failure(connectorId, kind, e);
        }
    }

    async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        await ConnectorGate.NextRequestAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (PostgreSqlFailures.KindOf(e, CallPhase.Harmless) is { } kind)
        {
            throw PostgreSqlFailures.Failure(connectorId, kind, e);
        }
    }
}
