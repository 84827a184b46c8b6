using System.Text.Json;
using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.TestKit.Scripted;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>An attempt at any call of a comparison that comes when another one took its place and the comparison has gone on.</summary>
public sealed class LateAttemptTests
{
    const string Run = "compare-late";

    static readonly AsyncLocal<bool> IsLate = new();

    [Fact]
    public async Task The_place_to_follow_changes_from_stays_where_it_was_when_reading_began()
    {
        var rows = new WatchedCommits(new MemoryRowStore());
        await using var world = await StartAsync(rows);
        rows.After(batch => batch.Writes.Any(write => write.Key.StartsWith("c-read-accounts", StringComparison.Ordinal)), async () =>
        {
            world.Change(1, a => a with { Active = false });
            await LateAsync(world, "take-place");
        });

        await world.BeginAsync(run: Run);
        (await world.EndAsync(Run)).Outcome.ShouldBe(ReconciliationOutcome.Completed);

        (await world.CompareChangesAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.LastAsync()).Accounts.ShouldBe(1, "it changed while the other comparison read");
    }

    [Fact]
    public async Task Changes_behind_what_was_looked_at_again_are_left_to_the_next_comparison()
    {
        var rows = new WatchedCommits(new MemoryRowStore());
        await using var world = await StartAsync(rows);
        await world.CompareAsync();
        world.Change(3, a => a with { Active = false });
        rows.After(batch => batch.Table == TableNames.Drifts, async () =>
        {
            world.Change(1, a => a with { Active = false });
            await LateAsync(world, "read-changes");
        });

        await world.BeginAsync(run: Run, mode: ReconciliationMode.Changes);
        (await world.EndAsync(Run)).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.LastAsync()).Accounts.ShouldBe(1);

        (await world.CompareChangesAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.FoundAsync()).ShouldBe([Line(Id(1), DriftKind.Status)]);
    }

    [Fact]
    public async Task What_was_opened_stays_opened_though_somebody_looked_at_it_before()
    {
        var rows = new WatchedCommits(new MemoryRowStore());
        await using var world = await StartAsync(rows);
        var (hangs, released) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        Task? late = null;
        world.World.Script.On = call =>
        {
            if (call is not { Target: Everyone, Operation: "find" })
            {
                return Behaviour.Obey;
            }

            if (IsLate.Value)
            {
                hangs.TrySetResult();
                return Behaviour.Hold(released.Task);
            }

            late ??= LateAsync(world, "confirm");
            return Behaviour.Hold(hangs.Task);
        };
        rows.After(batch => batch.Writes.Any(write => write.Key.StartsWith("s-", StringComparison.Ordinal) && Text(write).Contains("\"placed\"", StringComparison.Ordinal)), async () =>
        {
            released.SetResult();
            await late!;
        });

        await world.BeginAsync(run: Run);
        (await world.EndAsync(Run)).Outcome.ShouldBe(ReconciliationOutcome.Completed);

        late.ShouldNotBeNull().IsCompletedSuccessfully.ShouldBeTrue();
        (await world.LastAsync()).Items.ShouldBe(new Dictionary<DriftState, int> { [DriftState.Reported] = 1 });
        var (_, suspect) = await world.Stores.Suspects.ReadAsync(Everyone, 1, null, CancellationToken.None).SingleAsync();
        suspect.Placed.ShouldBe(DriftState.Reported);
    }

    [Fact]
    public async Task What_is_counted_is_what_the_attempt_counted_whose_read_is_merged()
    {
        var rows = new WatchedCommits(new MemoryRowStore());
        await using var world = await StartAsync(rows);
        var (hangs, released) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        var target = world.Paged(Everyone);
        Task? late = null;
        target.OnPage = (_, page) => IsLate.Value ? page with { Items = [.. page.Items.Skip(1)] } : page;
        target.Before = () =>
        {
            if (IsLate.Value)
            {
                return Task.CompletedTask;
            }

            late ??= LateAsync(world, "read-accounts");
            return hangs.Task;
        };

        // It has read, has seen that nobody has ended yet, and hangs before it writes anything of that.
        rows.Before = batch =>
        {
            if (IsLate.Value && batch.Table == TableNames.Reconciliations && batch.Writes.Any(w => w.Key == "last" || w.Key.StartsWith("c-read-accounts", StringComparison.Ordinal)))
            {
                hangs.TrySetResult();
                return released.Task;
            }

            return Task.CompletedTask;
        };
        rows.After(batch => batch.Writes.Any(write => write.Key.StartsWith("s-", StringComparison.Ordinal)), async () =>
        {
            released.SetResult();
            await late!;
        });

        await world.BeginAsync(run: Run);
        (await world.EndAsync(Run)).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await world.LastAsync()).Accounts.ShouldBe(6);
    }

    static string Text(RowWrite write) => write.Body is { } body ? System.Text.Encoding.UTF8.GetString(body.Span) : string.Empty;

    static async Task<ComparedWorld> StartAsync(IRowStore rows)
    {
        var world = new ComparedWorld(OnlyReported, Stand.InMemory() with { Rows = rows });
        await world.HireAsync(6);
        world.Change(2, a => a with { Active = false });
        return world;
    }

    /// <summary>Another attempt at the first call of a part; that it fails is as good as that it hung.</summary>
    static Task LateAsync(ComparedWorld world, string part) => Task.Run(async () =>
    {
        IsLate.Value = true;
        var call = JsonSerializer.Serialize(new PartCall(Everyone, Run, part, 0, null), MeshJson.Options);
        await ((Task)world.World.Mesh.Catalog.FindActivity(WorkflowNames.ReconcileWork)!(call, CancellationToken.None)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    });

    /// <summary>Waits before commits, and does something once, right after the first one of a kind.</summary>
    sealed class WatchedCommits(IRowStore inner) : IRowStore
    {
        Func<RowBatch, bool> _which = _ => false;
        Func<Task> _then = () => Task.CompletedTask;
        int _done;

        public Func<RowBatch, Task> Before { get; set; } = _ => Task.CompletedTask;

        public void After(Func<RowBatch, bool> which, Func<Task> then) => (_which, _then) = (which, then);

        public ValueTask<Row?> GetAsync(RowAddress address, CancellationToken cancellationToken) => inner.GetAsync(address, cancellationToken);

        public IAsyncEnumerable<Row> QueryAsync(string table, string partition, KeyRange range, CancellationToken cancellationToken) =>
            inner.QueryAsync(table, partition, range, cancellationToken);

        public IAsyncEnumerable<Row> ScanAsync(string table, KeyRange partitions, CancellationToken cancellationToken) => inner.ScanAsync(table, partitions, cancellationToken);

        public async ValueTask<CommitResult> CommitAsync(RowBatch batch, CancellationToken cancellationToken)
        {
            await Before(batch);
            var result = await inner.CommitAsync(batch, cancellationToken);
            if (!IsLate.Value && _which(batch) && Interlocked.Exchange(ref _done, 1) == 0)
            {
                await _then();
            }

            return result;
        }
    }
}
