using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Audit;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Audit;

public sealed class CheckpointerTests : IDisposable
{
    readonly AuditRecord _record = new(new MemoryRowStore());

    static CancellationToken None => CancellationToken.None;

    public void Dispose() => _record.Dispose();

    [Fact]
    public async Task A_checkpoint_holds_the_streams_that_grew_since_the_last_one_and_none_is_taken_when_none_grew()
    {
        (await _record.CheckpointAsync()).ShouldBeTrue();
        _record.Anchor.Lines.ShouldBeEmpty();

        await _record.AddAsync("ada", 2);
        await _record.AddAsync("bob");
        await _record.CheckpointAsync();
        await _record.AddAsync("bob");
        await _record.CheckpointAsync();
        await _record.CheckpointAsync();

        _record.Anchor.Lines.Select(c => c!.Number).ShouldBe([1, 2]);
        (await LeavesAsync(1)).ShouldBe([("ada", 2), ("bob", 1)]);
        (await LeavesAsync(2)).ShouldBe([("bob", 2)]);
        await ShouldBeWholeAsync(entries: 4);
    }

    [Fact]
    public async Task What_a_killed_process_left_behind_its_last_checkpoint_is_caught_by_the_next_one()
    {
        await _record.AddAsync("ada");
        await _record.AddAsync("bob");
        await _record.CheckpointAsync();
        await _record.AddAsync("bob", 2);
        await _record.AddAsync("eve");

        (await _record.Start().CheckpointAsync()).ShouldBeTrue();

        (await LeavesAsync(2)).ShouldBe([("bob", 3), ("eve", 1)]);
        await ShouldBeWholeAsync(entries: 5);
    }

    [Fact]
    public async Task When_more_streams_grew_than_are_counted_all_are_compared()
    {
        await _record.AddAsync("ada");
        await _record.CheckpointAsync();
        for (var n = 0; n <= ChangedStreams.Most; n++)
        {
            _record.Stores.Partitions.Changed.Add("nowhere", $"{n}");
        }

        _record.Stores.Partitions.Changed.Take().ShouldBeNull();
        await _record.AddAsync("bob");
        _record.Stores.Partitions.Changed.Take().ShouldHaveSingleItem().Stream.ShouldBe("bob");
        for (var n = 0; n <= ChangedStreams.Most; n++)
        {
            _record.Stores.Partitions.Changed.Add("nowhere", $"{n}");
        }

        await _record.CheckpointAsync();

        (await LeavesAsync(2)).ShouldBe([("bob", 1)]);
    }

    [Fact]
    public async Task What_a_failed_round_was_to_hold_is_in_the_next_one()
    {
        await _record.CheckpointAsync();
        await _record.AddAsync("ada");
        _record.Signer.IsBroken = true;
        (await _record.CheckpointAsync()).ShouldBeFalse();
        _record.Signer.IsBroken = false;
        await _record.AddAsync("bob");

        (await _record.CheckpointAsync()).ShouldBeTrue();

        (await LeavesAsync(1)).ShouldBe([("ada", 1), ("bob", 1)]);
    }

    [Fact]
    public async Task More_streams_than_a_checkpoint_holds_are_in_several_and_verify()
    {
        var most = Sweep.Pick(1_000, ChangedStreams.Most);
        for (var n = 0; n < most + 5; n++)
        {
            await _record.AddAsync($"stream-{n:D6}");
        }

        (await _record.Start(mostLeaves: most).CheckpointAsync()).ShouldBeTrue();

        _record.Anchor.Lines.Select(c => c!.Leaves).ShouldBe([most, 5]);
        await ShouldBeWholeAsync(entries: most + 5);
    }

    [Fact]
    public async Task A_hundred_thousand_leaves_are_kept_in_rows_a_store_takes()
    {
        var name = new string('\u00e4', 100);
        var leaves = Enumerable.Range(0, 100_000).Select(n => new StreamHead(TableNames.Identities, $"{name}{n:D6}", long.MaxValue, CheckpointChain.First)).ToList();
        var checkpoint = new Checkpoint(1, _record.Clock.GetUtcNow(), CheckpointChain.First, leaves.Count, CheckpointChain.RootOf(leaves), "key", "hash", "signature");
        var rows = new CheckpointRows(_record.Rows);

        (await rows.InsertAsync(checkpoint, leaves, None)).ShouldBeTrue();

        var read = new List<StreamHead>();
        await foreach (var row in rows.ReadLeafRowsAsync(checkpoint, None))
        {
            read.AddRange(CheckpointRows.LeavesOf(row)!);
        }

        read.ShouldBe(leaves);
    }

    [Fact]
    public async Task An_anchor_that_fails_is_run_ahead_of_told_to_a_person_and_given_everything_in_order_later()
    {
        _record.Anchor.IsBroken = true;
        for (var round = 1; round <= CheckpointAlarm.Patience; round++)
        {
            (await OpenAsync()).ShouldBeEmpty();
            await _record.AddAsync("ada");
            (await _record.CheckpointAsync()).ShouldBeFalse();
        }

        var open = (await OpenAsync()).ShouldHaveSingleItem();
        open.Kind.ShouldBe("audit-checkpoints");
        open.Owner.ShouldBe("identity-team");
        open.Reason.ShouldContain("out of order");
        _record.Anchor.Lines.ShouldBeEmpty();
        (await StoredAsync()).ShouldBe(3);

        _record.Anchor.IsBroken = false;
        (await _record.CheckpointAsync()).ShouldBeTrue();

        (await OpenAsync()).ShouldBeEmpty();
        _record.Anchor.Lines.Select(c => c!.Number).ShouldBe([1, 2, 3, 4]);
        (await _record.CheckpointAsync()).ShouldBeTrue();
        (await _record.VerifyAsync()).ShouldSatisfyAllConditions(r => r.Faults.ShouldBeEmpty(), r => r.Unanchored.ShouldBe(0));
    }

    [Fact]
    public async Task Checkpoints_an_anchor_has_yet_to_get_are_no_fault_and_are_told()
    {
        await _record.AddAsync("ada");
        await _record.CheckpointAsync();
        _record.Anchor.IsFull = true;
        await _record.AddAsync("ada", 2);
        (await _record.CheckpointAsync()).ShouldBeFalse();

        var report = await _record.VerifyAsync();

        report.Faults.ShouldBeEmpty();
        report.Waiting.ShouldBe(1);
        report.Unanchored.ShouldBe(2);
    }

    [Fact]
    public async Task An_anchor_that_was_shortened_is_told_to_a_person_and_filled_up_again()
    {
        await _record.AddAsync("ada");
        await _record.CheckpointAsync();
        await _record.AddAsync("ada");
        await _record.CheckpointAsync();
        _record.Anchor.Lines = [.. _record.Anchor.Lines.Take(1)];

        (await _record.CheckpointAsync()).ShouldBeTrue();

        (await OpenAsync()).ShouldHaveSingleItem().Kind.ShouldBe("audit-anchor-shortened");
        _record.Anchor.Lines.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_chain_that_ends_before_the_anchor_does_is_not_gone_on_with()
    {
        await _record.AddAsync("ada");
        await _record.CheckpointAsync();
        await _record.AddAsync("ada");
        await _record.CheckpointAsync();
        await _record.Rows.CommitAsync(
            new RowBatch(TableNames.Checkpoints, CheckpointChain.Partition, RowWrite.Delete(CheckpointChain.KeyOf(2))), None);
        var restored = _record.Start();
        for (var round = 1; round <= CheckpointAlarm.Patience; round++)
        {
            await AuditRecord.AddAsync(restored.Stores, "bob");
            (await restored.CheckpointAsync()).ShouldBeFalse();
        }

        (await OpenAsync()).ShouldHaveSingleItem().Reason.ShouldContain("ends with checkpoint 2, which the store does not have");
        (await StoredAsync()).ShouldBe(1);
        _record.Anchor.Lines.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Two_hosts_leave_one_chain_and_every_checkpoint_once_in_the_anchor()
    {
        var hosts = new[] { _record.Start(), _record.Start(), _record.Start() };
        for (var round = 0; round < 20; round++)
        {
            await Task.WhenAll(hosts.Select((host, n) => Task.Run(async () =>
            {
                await AuditRecord.AddAsync(host.Stores, $"s{n}");
                await AuditRecord.AddAsync(host.Stores, "shared");
                await host.CheckpointAsync();
            })));
        }

        foreach (var host in hosts)
        {
            (await host.CheckpointAsync()).ShouldBeTrue();
        }

        _record.Anchor.Lines.Select(c => c!.Number).ShouldBe(Enumerable.Range(1, _record.Anchor.Lines.Count).Select(n => (long)n));
        await ShouldBeWholeAsync(entries: 120);
    }

    [Fact]
    public async Task A_busy_record_verifies_at_every_moment()
    {
        const int Writers = 3;
        const int Entries = 150;
        var host = _record.Start();
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(n => Task.Run(async () =>
        {
            for (var entry = 0; entry < Entries; entry++)
            {
                await AuditRecord.AddAsync(host.Stores, $"s{n}");
                if (n == 0)
                {
                    (await host.CheckpointAsync()).ShouldBeTrue();
                }
            }
        })));
        do
        {
            (await _record.VerifyAsync(windowLeaves: 50)).Faults.ShouldBeEmpty();
        }
        while (!writing.IsCompleted);

        await writing;
        await host.CheckpointAsync();
        await ShouldBeWholeAsync(entries: Writers * Entries);
    }

    async Task ShouldBeWholeAsync(long entries) => (await _record.VerifyAsync()).ShouldSatisfyAllConditions(
        r => r.Faults.ShouldBeEmpty(), r => r.Entries.ShouldBe(entries), r => r.Unanchored.ShouldBe(0), r => r.Waiting.ShouldBe(0));

    async Task<List<(string, long)>> LeavesAsync(long checkpoint)
    {
        var leaves = new List<(string, long)>();
        await foreach (var (number, leaf) in new CheckpointRows(_record.Rows).ReadLeavesAsync(long.MaxValue, None))
        {
            if (number == checkpoint)
            {
                leaves.Add((leaf.Stream, leaf.Number));
            }
        }

        return leaves;
    }

    async Task<List<ExceptionItem>> OpenAsync()
    {
        var open = new List<ExceptionItem>();
        await foreach (var (_, item) in _record.Stores.Exceptions.ReadOpenAsync(null, None))
        {
            open.Add(item);
        }

        return open;
    }

    async Task<int> StoredAsync()
    {
        var count = 0;
        await foreach (var _ in new CheckpointRows(_record.Rows).ReadChainAsync(1, None))
        {
            count++;
        }

        return count;
    }
}
