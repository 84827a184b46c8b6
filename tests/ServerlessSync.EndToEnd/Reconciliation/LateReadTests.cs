using System.Text.Json;
using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>An attempt at a call of a comparison that hung and comes back when another one took its place and the comparison has gone on.</summary>
public sealed class LateReadTests
{
    const string Run = "compare-late";

    static readonly AsyncLocal<bool> IsLate = new();

    static readonly string Call = JsonSerializer.Serialize(new PartCall(Everyone, Run, "read-accounts", 0, null), MeshJson.Options);

    [Fact]
    public async Task It_changes_nothing_of_what_is_merged()
    {
        foreach (var at in new[] { 1, 2, 3 })
        {
            var rows = new WatchedRuns(new MemoryRowStore());
            await using var world = await StartAsync(rows);
            Task<string?>? late = null;
            var hangs = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var target = world.Paged(Everyone);

            // It begins with the first page, hangs there, and sees another target than the attempt that took its place.
            target.Before = () =>
            {
                if (IsLate.Value)
                {
                    hangs.TrySetResult();
                    return released.Task;
                }

                late ??= BeginLate(world);
                return hangs.Task;
            };
            target.OnPage = (_, page) => IsLate.Value ? page with { Items = [.. page.Items.Skip(1)] } : page;
            rows.OnRead = async number =>
            {
                if (number == at)
                {
                    released.SetResult();
                    await late!;
                }
            };
            await world.BeginAsync(run: Run);
            var report = await world.EndAsync(Run);
            report.Outcome.ShouldBe(ReconciliationOutcome.Completed, $"late at read {at}: {report.Reason}");
            (await world.FoundAsync()).ShouldBe([Line(Id(2), DriftKind.Status), Line("a-shadow", DriftKind.Unowned)], ignoreOrder: true, customMessage: $"late at read {at}");
            late.ShouldNotBeNull().IsCompletedSuccessfully.ShouldBeTrue();
            (await world.LastAsync()).Accounts.ShouldBe(7, $"late at read {at}");
        }
    }

    [Fact]
    public async Task It_is_given_the_answer_of_the_first_and_reads_nothing()
    {
        var rows = new WatchedRuns(new MemoryRowStore());
        await using var world = await StartAsync(rows);
        var target = world.Paged(Everyone);
        var (again, pages) = ((string?)null, 0);
        rows.OnRead = async number =>
        {
            if (number == 1)
            {
                pages = target.Pages;
                again = await BeginLate(world);
            }
        };
        await world.BeginAsync(run: Run);
        (await world.EndAsync(Run)).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        target.Pages.ShouldBe(pages);
        again.ShouldBe(JsonSerializer.Serialize(new { anew = false, wait = TimeSpan.Zero }, MeshJson.Options));
    }

    [Fact]
    public async Task A_sorted_run_that_is_lost_ends_the_comparison_and_nobody_is_called_missing()
    {
        var rows = new WatchedRuns(new MemoryRowStore());
        await using var world = await StartAsync(rows);
        rows.OnRead = async number =>
        {
            if (number == 1)
            {
                await world.World.Mesh.SortedRuns.DropAsync("t1/1/accounts-found", CancellationToken.None);
            }
        };
        await world.BeginAsync(run: Run);
        var report = await world.EndAsync(Run);
        report.Outcome.ShouldBe(ReconciliationOutcome.Abandoned);
        report.Reason!.ShouldContain("is gone");
        (await world.FoundAsync()).ShouldBeEmpty();
    }

    static async Task<ComparedWorld> StartAsync(IRowStore rows)
    {
        var world = new ComparedWorld(OnlyReported, Stand.InMemory() with { Rows = rows });
        await world.HireAsync(6);
        world.Change(2, a => a with { Active = false });
        world.Target().PutNatively("a-shadow", Native.Unmarked);
        return world;
    }

    static Task<string?> BeginLate(ComparedWorld world) => Task.Run(() =>
    {
        IsLate.Value = true;
        return world.World.Mesh.Catalog.FindActivity(WorkflowNames.ReconcileWork)!(Call, CancellationToken.None);
    });

    /// <summary>Tells of every read of sorted runs before it is made, by its number from 1.</summary>
    sealed class WatchedRuns(IRowStore inner) : IRowStore
    {
        int _reads;

        public Func<int, Task> OnRead { get; set; } = _ => Task.CompletedTask;

        public async ValueTask<Row?> GetAsync(RowAddress address, CancellationToken cancellationToken)
        {
            await TellAsync(address.Table);
            return await inner.GetAsync(address, cancellationToken);
        }

        public async IAsyncEnumerable<Row> QueryAsync(
            string table, string partition, KeyRange range, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            // What is dropped before a comparison, and what a write looks for, is no read of this one.
            await TellAsync(range == KeyRange.All && partition.StartsWith(KeyText.Encode("t1/1/"), StringComparison.Ordinal) ? table : string.Empty);
            await foreach (var row in inner.QueryAsync(table, partition, range, cancellationToken))
            {
                yield return row;
            }
        }

        public IAsyncEnumerable<Row> ScanAsync(string table, KeyRange partitions, CancellationToken cancellationToken) =>
            inner.ScanAsync(table, partitions, cancellationToken);

        public ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken) => inner.CommitAsync(batch, cancellationToken);

        Task TellAsync(string table) => table == TableNames.SortedRuns && !IsLate.Value ? OnRead(Interlocked.Increment(ref _reads)) : Task.CompletedTask;
    }
}
