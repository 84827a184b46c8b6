using System.Net;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;

namespace ServerlessSync.Storage.Tables.Tests;

/// <summary>A store over answers written by the test.</summary>
static class StubService
{
    public static TablesOptions Options { get; } = TablesOptions.FromConnectionString("UseDevelopmentStorage=true") with
    {
        MaxRetries = 2,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        MaxRetryDelay = TimeSpan.FromMilliseconds(2),
    };

    public static RowAddress Address { get; } = new("things", "p", "k");

    public static TablesRowStore Over(HttpMessageHandler handler) => new(Options, handler, TimeProvider.System);

    public static HttpResponseMessage Error(int status, string code) =>
        StubHandler.Json($"{{\"odata.error\":{{\"code\":\"{code}\",\"message\":{{\"lang\":\"en-US\",\"value\":\"0:text\"}}}}}}", (HttpStatusCode)status);

    public static RowBatch Batch(params RowWrite[] writes) => new(Address.Table, Address.Partition, writes);

    public static async Task<List<Row>> ScanAsync(TablesRowStore store)
    {
        var rows = new List<Row>();
        await foreach (var row in store.ScanAsync(Address.Table, KeyRange.All, CancellationToken.None))
        {
            rows.Add(row);
        }

        return rows;
    }
}
