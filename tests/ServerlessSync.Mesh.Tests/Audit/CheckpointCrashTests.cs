using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Audit;
using ServerlessSync.TestKit.Crash;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Audit;

/// <summary>A process that dies at any write of a round, in the store or the anchor, leaves what the next one completes.</summary>
public sealed class CheckpointCrashTests
{
    const int MostWrites = 40;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_process_that_dies_at_any_write_of_a_round_leaves_a_record_that_verifies_and_the_next_one_completes_it(bool after)
    {
        var died = 0;
        for (var write = 1; write <= MostWrites; write++)
        {
            using var record = new AuditRecord(new MemoryRowStore());
            await record.AddAsync("ada", 2);
            await record.CheckpointAsync();
            await record.AddAsync("ada");
            await record.AddAsync("bob");

            var power = new Power();
            var doomed = record.Start(new CrashableRowStore(record.Rows, power));
            power.CutAt(write, after);
            var done = await RunAsync(doomed);
            power.IsCut.ShouldBe(!done);
            died += done ? 0 : 1;
            (await record.VerifyAsync()).Faults.ShouldBeEmpty($"after write {write}");

            await record.AddAsync("eve");
            (await record.Start().CheckpointAsync()).ShouldBeTrue();
            (await record.VerifyAsync()).ShouldSatisfyAllConditions(
                r => r.Faults.ShouldBeEmpty(), r => r.Unanchored.ShouldBe(0), r => r.Waiting.ShouldBe(0), r => r.Entries.ShouldBe(5));
            if (done)
            {
                died.ShouldBe(3, "leaves, checkpoint, and the note that it is anchored");
                return;
            }
        }

        throw new InvalidOperationException($"A round still writes after {MostWrites} writes.");
    }

    [Fact]
    public async Task A_process_that_dies_between_store_and_anchor_leaves_it_to_the_next_one()
    {
        using var record = new AuditRecord(new MemoryRowStore());
        await record.AddAsync("ada", 2);
        record.Anchor.BeforeAppend = () => throw new IOException("dead");
        (await record.CheckpointAsync()).ShouldBeFalse();
        record.Anchor.BeforeAppend = null;
        (await record.VerifyAsync()).ShouldSatisfyAllConditions(r => r.Faults.ShouldBeEmpty(), r => r.Waiting.ShouldBe(1), r => r.Unanchored.ShouldBe(2));

        (await record.Start().CheckpointAsync()).ShouldBeTrue();

        record.Anchor.Lines.ShouldHaveSingleItem()!.Number.ShouldBe(1);
        (await record.VerifyAsync()).ShouldSatisfyAllConditions(r => r.Faults.ShouldBeEmpty(), r => r.Waiting.ShouldBe(0), r => r.Unanchored.ShouldBe(0));
    }

    /// <summary>Whether the round was done; the death of its process may come as an exception of the alarm's.</summary>
    static async Task<bool> RunAsync(AuditProcess process)
    {
        try
        {
            return await process.CheckpointAsync();
        }
        catch (StoreException)
        {
            return false;
        }
    }
}
