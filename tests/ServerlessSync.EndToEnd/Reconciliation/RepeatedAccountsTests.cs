using System.Text;
using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Storage;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>A target that gives accounts twice is broken, however large it is: one call meets a part of it alone.</summary>
public sealed class RepeatedAccountsTests
{
    const string Run = "compare-large";
    const int People = 12;
    const long Many = 10_000_000;

    [Fact]
    public async Task Accounts_that_come_twice_are_a_share_of_those_compared_in_one_call()
    {
        var rows = new NotedRowStore(new MemoryRowStore(), $"\"accounts\":{People * 2},");
        await using var world = new ComparedWorld(OnlyReported, Stand.InMemory() with { Rows = rows });
        await world.HireAsync(People);
        world.Paged(Everyone).OnPage = (_, page) => page with { Items = [.. page.Items, .. page.Items] };

        // As if these were a few of very many.
        rows.Then = () => world.Stores.Reconciliations.ChangeAsync(Everyone, Run, run => run with { Accounts = Many }, CancellationToken.None);
        var report = await world.EndAsync(await world.BeginAsync(run: Run));

        (await world.LastAsync()).Accounts.ShouldBe(Many);
        report.Outcome.ShouldBe(ReconciliationOutcome.Abandoned);
        report.Reason!.ShouldContain("the target gave accounts twice");
    }

    /// <summary>Does something once, right after that text was written in the row of a comparison.</summary>
    sealed class NotedRowStore(IRowStore inner, string text) : IRowStore
    {
        int _times;

        public Func<Task> Then { get; set; } = () => Task.CompletedTask;

        public ValueTask<Row?> GetAsync(RowAddress address, CancellationToken cancellationToken) => inner.GetAsync(address, cancellationToken);

        public IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, CancellationToken cancellationToken) =>
            inner.QueryAsync(table, partition, range, cancellationToken);

        public IAsyncEnumerable<Row> ScanAsync(string table, KeyRange partitions, CancellationToken cancellationToken) =>
            inner.ScanAsync(table, partitions, cancellationToken);

        public async ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken)
        {
            var result = await inner.CommitAsync(batch, cancellationToken);
            if (batch.Table == TableNames.Reconciliations
                && batch.Writes.Any(w => w.Key == "last" && w.Body is { } body && Encoding.UTF8.GetString(body.Span).Contains(text, StringComparison.Ordinal))
                && Interlocked.Increment(ref _times) == 1)
            {
                await Then();
            }

            return result;
        }
    }
}
