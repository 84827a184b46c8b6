using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ServerlessSync.Storage.Tables.Client;
using ServerlessSync.Storage.Tables.Rows;

namespace ServerlessSync.Storage.Tables;

/// <summary>The row store on Azure Table storage. A table is made when the first row is written to it.</summary>
/// <remarks>
/// An answer that was lost is settled by reading back. Where reading cannot tell, <see cref="StoreFailure.Unavailable"/> is thrown, and the
/// commit may have happened. A write without a condition may be carried out twice then.
/// </remarks>
public sealed class TablesRowStore : IRowStore, IDisposable
{
    readonly TableServiceClient _service;
    readonly string _prefix;
    readonly ConcurrentDictionary<string, TableClient> _tables = new(StringComparer.Ordinal);

    /// <summary>Opens the store. Nothing is sent before the first call.</summary>
    /// <exception cref="ArgumentException">Options are wrong; the message names each.</exception>
    public TablesRowStore(TablesOptions options)
        : this(options, NewHandler(options), ownsHandler: true, TimeProvider.System)
    {
    }

    /// <summary>Opens the store over a message handler, whose owner disposes it.</summary>
    /// <exception cref="ArgumentException">Options are wrong; the message names each.</exception>
    public TablesRowStore(TablesOptions options, HttpMessageHandler handler, TimeProvider clock)
        : this(options, handler, ownsHandler: false, clock)
    {
    }

    TablesRowStore(TablesOptions options, HttpMessageHandler handler, bool ownsHandler, TimeProvider clock)
    {
        if (options.Errors().ToArray() is { Length: > 0 } errors)
        {
            throw new ArgumentException(string.Join(' ', errors), nameof(options));
        }

        _prefix = options.TablePrefix;
        _service = new TableServiceClient(options, handler, ownsHandler, clock);
    }

    /// <inheritdoc/>
    public async ValueTask<Row?> GetAsync(RowAddress address, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!StoreLimits.IsKey(address.Partition) || !StoreLimits.IsKey(address.Key))
        {
            return null;
        }

        var entity = await RunAsync(Table(address.Table).GetEntityIfExistsAsync(address.Partition, address.Key, cancellationToken), isWrite: false, cancellationToken);
        return entity is null ? null : RowEntities.ToRow(entity, address.Table);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, CancellationToken cancellationToken) =>
        ReadAsync(table, StoreLimits.IsKey(partition) ? RangeFilter.Query(partition, range) : null, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<Row> ScanAsync(string table, KeyRange partitions, CancellationToken cancellationToken) =>
        ReadAsync(table, RangeFilter.Scan(partitions), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<Row> ScanAsync(string table, KeyRange partitions, IReadOnlyList<KeyRange> keys, CancellationToken cancellationToken) =>
        ReadAsync(table, RangeFilter.Scan(partitions, keys), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>A commit that is cancelled while it is on its way may have happened.</remarks>
    public async ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await RunAsync(new RowCommit(Table(batch.Table), batch).RunAsync(cancellationToken), isWrite: true, cancellationToken);
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _service.Dispose();

    static SocketsHttpHandler NewHandler(TablesOptions options) => new()
    {
        AllowAutoRedirect = false,
        ConnectTimeout = options.RequestTimeout > TimeSpan.Zero ? options.RequestTimeout : Timeout.InfiniteTimeSpan,
        MaxConnectionsPerServer = Math.Max(1, options.MaxConnections),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
    };

    static async Task<T> RunAsync<T>(Task<T> request, bool isWrite, CancellationToken cancellationToken)
    {
        try
        {
            return await request;
        }
        catch (Exception e) when (StoreFailures.IsFailure(e, cancellationToken))
        {
            throw StoreFailures.Of(e, isWrite);
        }
    }

    async IAsyncEnumerable<Row> ReadAsync(string table, string? filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (filter is null)
        {
            yield break;
        }

        var pages = new RowPages(Table(table), filter);
        while (await RunAsync(pages.NextAsync(cancellationToken), isWrite: false, cancellationToken) is { } page)
        {
            foreach (var entity in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return RowEntities.ToRow(entity, table);
            }
        }
    }

    TableClient Table(string name) => _tables.GetOrAdd(name, static (name, store) =>
        TableName.IsValid(store._prefix + name)
            ? store._service.GetTableClient(store._prefix + name)
            : throw new ArgumentException($"'{store._prefix}{name}' cannot be a table: 3 to {TableName.MaxChars} letters and digits, the first a letter.", nameof(name)),
        this);
}
