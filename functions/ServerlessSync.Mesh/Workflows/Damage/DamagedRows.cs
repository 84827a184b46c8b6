using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Workflows.Damage;

/// <summary>
/// Hands rows that cannot be read to their owner, each once, and takes them back when they have been mended. Whoever meets one leaves it as it
/// is and goes on with the others.
/// </summary>
sealed partial class DamagedRows(MeshStores stores, MeshConfiguration configuration, ILogger logger)
{
    const string Kind = "row-damaged";

    /// <summary>Opens the exception of the row that a failure is about. Never throws: whoever calls it has a failure in hand already.</summary>
    public async Task ReportAsync(StoreException failure, CancellationToken cancellationToken)
    {
        if (failure is { Failure: StoreFailure.Corrupt, Row: { } row })
        {
            await ReportAsync(row, failure.Message, cancellationToken);
        }
    }

    /// <summary>Opens the exception of a row. Never throws.</summary>
    public async Task ReportAsync(RowAddress row, string what, CancellationToken cancellationToken)
    {
        var now = stores.Clock.GetUtcNow();
        var reason = $"{what} Table '{row.Table}', partition '{row.Partition}', key '{row.Key}': restore it from a backup; what waits for it then goes on by itself.";
        var item = new ExceptionItem(
            IdOf(row), Kind, null, null, null, configuration.OwnerOf("default"), reason, now, now + configuration.Deadlines.Exception);
        try
        {
            if (await stores.Exceptions.OpenAsync(item, cancellationToken))
            {
                LogDamaged(logger, row.Table, row.Partition, row.Key);
            }
        }
        catch (StoreException e)
        {
            LogNotReported(logger, row.Table, row.Partition, row.Key, e);
        }
    }

    /// <summary>Settles the exceptions of rows that can be read again.</summary>
    /// <returns>The ids of those that cannot.</returns>
    public async Task<IReadOnlyList<string>> SettleMendedAsync(CancellationToken cancellationToken)
    {
        List<string> damaged = [];
        foreach (var open in await stores.Exceptions.ReadOpenOfAsync(null, Kind, static _ => { }, cancellationToken))
        {
            if (open.Id.Split('/') is not [Kind, var table, var partition, var key])
            {
                continue;
            }

            var address = new RowAddress(table, partition, key);
            if (await stores.Partitions.Store.GetAsync(address, cancellationToken) is { } row && IsSound(row))
            {
                await SettleAsync(open.Id, address, cancellationToken);
            }
            else
            {
                damaged.Add(open.Id);
            }
        }

        return damaged;
    }

    async Task SettleAsync(string id, RowAddress row, CancellationToken cancellationToken)
    {
        try
        {
            await stores.Exceptions.SettleAsync(null, id, "the row can be read again", cancellationToken);
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Corrupt)
        {
            // The queue of exceptions is damaged itself; what waits for the row goes on all the same.
            LogNotSettled(logger, row.Table, row.Partition, row.Key, e);
        }
    }

    static bool IsSound(Row row)
    {
        try
        {
            MeshJson.FromRow<object>(row);
            return true;
        }
        catch (StoreException)
        {
            return false;
        }
    }

    /// <summary>One id for each row: no key holds a slash.</summary>
    public static string IdOf(RowAddress row) => $"{Kind}/{row.Table}/{row.Partition}/{row.Key}";

    [LoggerMessage(EventId = 1004, Level = LogLevel.Error, Message = "A row is damaged and left alone: table '{Table}', partition '{Partition}', key '{Key}'")]
    static partial void LogDamaged(ILogger logger, string table, string partition, string key);

    [LoggerMessage(EventId = 1005, Level = LogLevel.Critical, Message = "A row is damaged and could not be handed to anybody: table '{Table}', partition '{Partition}', key '{Key}'")]
    static partial void LogNotReported(ILogger logger, string table, string partition, string key, Exception exception);

    [LoggerMessage(EventId = 1006, Level = LogLevel.Critical, Message = "A row can be read again and its exception could not be settled: table '{Table}', partition '{Partition}', key '{Key}'")]
    static partial void LogNotSettled(ILogger logger, string table, string partition, string key, Exception exception);
}
