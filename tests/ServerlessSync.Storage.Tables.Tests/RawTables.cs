using System.Text;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Tables.Client;
using Shouldly;

namespace ServerlessSync.Storage.Tables.Tests;

/// <summary>The entities of a store as the service has them, past the store.</summary>
sealed class RawTables : IDisposable
{
    readonly SocketsHttpHandler _handler = new();
    readonly TableServiceClient _service;
    readonly string _prefix;

    public RawTables(TablesOptions options)
    {
        _service = new TableServiceClient(options, _handler, disposeHandler: false, TimeProvider.System);
        _prefix = options.TablePrefix;
    }

    public TableClient Table(string name) => _service.GetTableClient(_prefix + name);

    public Task<TableEntity?> FindAsync(RowAddress address) => Table(address.Table).GetEntityIfExistsAsync(address.Partition, address.Key, CancellationToken.None);

    /// <summary>Puts another body beside the checksum of the one there was; false when there is no such row.</summary>
    public async Task<bool> ChangeBodyAsync(RowAddress address, string body)
    {
        if (await FindAsync(address) is not { } entity)
        {
            return false;
        }

        await Table(address.Table).UpsertEntityAsync(entity with { Body = Encoding.UTF8.GetBytes(body) }, CancellationToken.None);
        return true;
    }

    /// <summary>Every entity of some tables, as one line of text each.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(params string[] tables)
    {
        var lines = new List<string>();
        foreach (var table in tables)
        {
            var page = await Table(table).QueryPageAsync(string.Empty, 1000, null, CancellationToken.None);
            page.Next.ShouldBeNull("one page is enough for a test");
            lines.AddRange(page.Entities.Select(e => $"{table} {e.PartitionKey} {e.RowKey} {Encoding.UTF8.GetString(e.Body.GetValueOrDefault().Span)}"));
        }

        return lines;
    }

    public void Dispose()
    {
        _service.Dispose();
        _handler.Dispose();
    }
}
