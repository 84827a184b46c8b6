using System.Globalization;
using System.Text;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Tables;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.Benchmarks.Store;

/// <summary>
/// Rows of 512 bytes inserted into and read from the table store by 64 callers, beside raw requests of the same size to the same Azurite.
/// </summary>
public sealed class StoreTables : IBenchmark
{
    const int InFlight = 64;
    const int WritesPerRound = 4_000;
    const int ReadsPerRound = 6_000;
    const int RowsToRead = 1_000;
    const string ReadTable = "read";

    readonly byte[] _body = Encoding.ASCII.GetBytes(new string('x', 512));
    int _round;

    /// <inheritdoc/>
    public string Name => "store-tables";

    /// <inheritdoc/>
    public async Task RunAsync(Report report, CancellationToken cancellationToken)
    {
        await using var server = await AzuriteServer.StartAsync(cancellationToken);
        using var store = new TablesRowStore(TablesOptions.FromConnectionString(server.ConnectionString) with { MaxConnections = InFlight });
        using var raw = new RawTable(server, InFlight);

        var writes = await new Rounds(TimeProvider.System) { WarmUp = 2 }.RunAsync(token => WriteAsync(store, token), "raw", token => WriteRawAsync(raw, token), cancellationToken);
        report.Comparison(Name, "writes/s", writes);

        await EachAsync(RowsToRead, i => InsertAsync(store, ReadTable, i, cancellationToken));
        var reads = await new Rounds(TimeProvider.System) { WarmUp = 2 }.RunAsync(token => ReadAsync(store, token), "raw", token => ReadRawAsync(raw, token), cancellationToken);
        report.Comparison(Name + "-read", "reads/s", reads);
    }

    static string Key(int number) => number.ToString("d8", CultureInfo.InvariantCulture);

    static string Partition(int number) => (number % InFlight).ToString("d2", CultureInfo.InvariantCulture);

    static async Task<long> EachAsync(int count, Func<int, Task> call)
    {
        var last = -1;
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref last) is var number && number < count)
            {
                await call(number);
            }
        })));
        return count;
    }

    Task<long> WriteAsync(TablesRowStore store, CancellationToken cancellationToken)
    {
        var table = $"store{++_round}";
        return EachAsync(WritesPerRound, i => InsertAsync(store, table, i, cancellationToken));
    }

    async Task<long> WriteRawAsync(RawTable raw, CancellationToken cancellationToken)
    {
        var table = $"raw{++_round}";
        await raw.CreateAsync(table, cancellationToken);
        var body = Convert.ToBase64String(_body);
        return await EachAsync(WritesPerRound, i => raw.InsertAsync(table, Encoding.UTF8.GetBytes(
            $"{{\"PartitionKey\":\"{Partition(i)}\",\"RowKey\":\"{Key(i)}\",\"C\":1234567890,\"O\":\"AAAAAAAAAAA\",\"D0@odata.type\":\"Edm.Binary\",\"D0\":\"{body}\"}}"), cancellationToken));
    }

    async Task InsertAsync(TablesRowStore store, string table, int number, CancellationToken cancellationToken)
    {
        var result = await store.CommitAsync(new RowBatch(table, Partition(number), RowWrite.Insert(Key(number), _body)), cancellationToken);
        if (!result.Committed)
        {
            throw new InvalidOperationException($"Row {number} of '{table}' was there already.");
        }
    }

    Task<long> ReadAsync(TablesRowStore store, CancellationToken cancellationToken) => EachAsync(ReadsPerRound, async i =>
    {
        var number = i % RowsToRead;
        var row = await store.GetAsync(new RowAddress(ReadTable, Partition(number), Key(number)), cancellationToken);
        if (row is not { Damaged: false } || row.Body.Length != _body.Length)
        {
            throw new InvalidOperationException($"Row {number} is not what was written.");
        }
    });

    static Task<long> ReadRawAsync(RawTable raw, CancellationToken cancellationToken) => EachAsync(ReadsPerRound, async i =>
    {
        var number = i % RowsToRead;
        if (await raw.ReadAsync(ReadTable, Partition(number), Key(number), cancellationToken) == 0)
        {
            throw new InvalidOperationException($"Row {number} is empty.");
        }
    });
}
