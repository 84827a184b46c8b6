using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Audit;
using Shouldly;
using Xunit;

namespace ServerlessSync.TestKit.Conformance;

/// <summary>That nothing can be done to the record unseen, on every row store.</summary>
public abstract class AuditConformance : IAsyncLifetime
{
    const int MostStreams = 4;
    const int MostEntries = 6;
    const int MostCheckpoints = 5;

    /// <summary>Every kind of tampering.</summary>
    public static IEnumerable<object[]> Kinds => Tamper.Kinds.Select(kind => new object[] { kind });

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual Task DisposeAsync() => Task.CompletedTask;

    /// <summary>An empty store; called several times in a test.</summary>
    protected abstract Task<IRowStore> OpenAsync();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Whatever_is_done_to_an_anchored_record_is_found(string kind)
    {
        using var record = new AuditRecord(await OpenAsync());
        await FillAsync(record);
        (await record.VerifyAsync()).ShouldSatisfyAllConditions(r => r.Faults.ShouldBeEmpty(), r => r.Unanchored.ShouldBe(0), r => r.Waiting.ShouldBe(0));

        var found = await new Tamper(record, "ada", new Random(kind.Length)).DoAsync(kind);

        Tamper.Tells(await record.VerifyAsync(), found).ShouldBeTrue(await ShownAsync(record, found));
        Tamper.Tells(await record.VerifyAsync(windowLeaves: 2), found).ShouldBeTrue("in several windows");
    }

    [Fact]
    public async Task Whatever_is_done_after_a_payload_was_erased_is_found()
    {
        string[] kinds = [.. Tamper.Kinds];
        new Random(Sweep.Seed(1)).Shuffle(kinds);
        foreach (var kind in kinds.Take(KindsAfterErasure))
        {
            using var record = new AuditRecord(await OpenAsync());
            await FillAsync(record);
            var batch = new RowBatch(TableNames.Identities, "ada", RowWrite.Delete(AuditChain.PayloadKey(1)), RowWrite.Delete(AuditChain.PayloadKey(2)));
            (await record.Rows.CommitAsync(batch, CancellationToken.None)).Committed.ShouldBeTrue();
            (await record.VerifyAsync()).ShouldSatisfyAllConditions(r => r.Faults.ShouldBeEmpty(), r => r.Erased.ShouldBe(2));

            var found = await new Tamper(record, "ada", new Random(kind.Length)).DoAsync(kind);

            Tamper.Tells(await record.VerifyAsync(), found).ShouldBeTrue($"{kind}: {await ShownAsync(record, found)}");
        }
    }

    [Fact]
    public async Task Random_histories_verify_and_a_random_tampering_with_each_is_found()
    {
        var first = Sweep.Seed(1);
        for (var seed = first; seed < first + Sweep.Pick(Histories, Histories * 20); seed++)
        {
            using var record = new AuditRecord(await OpenAsync());
            var random = new Random(seed);
            await LiveAsync(record, random);
            (await record.VerifyAsync(random.Next(1, 20))).Faults.ShouldBeEmpty($"SEED={seed}");

            var kind = Tamper.Kinds[random.Next(Tamper.Kinds.Count)];
            await new Tamper(record, "s0", random).DoAsync(kind);
            (await record.VerifyAsync(random.Next(1, 20))).FaultCount.ShouldBeGreaterThan(0, $"SEED={seed}: {kind}");
        }
    }

    [Fact]
    public async Task What_is_newer_than_the_last_anchored_checkpoint_is_counted_and_its_cut_not_seen()
    {
        using var record = new AuditRecord(await OpenAsync());
        await FillAsync(record);
        await record.AddAsync("ada", 3);
        (await record.VerifyAsync()).ShouldSatisfyAllConditions(r => r.Faults.ShouldBeEmpty(), r => r.Unanchored.ShouldBe(3));

        await new Tamper(record, "ada", new Random(1)).DoAsync("stream cut with its head");

        (await record.VerifyAsync()).ShouldSatisfyAllConditions(r => r.Faults.ShouldBeEmpty(), r => r.Unanchored.ShouldBe(2));
    }

    [Fact]
    public async Task Without_an_anchor_nothing_counts_as_anchored_and_checkpoints_in_the_store_still_tell()
    {
        using var record = new AuditRecord(await OpenAsync());
        await FillAsync(record);
        var verifier = new AuditVerifier(record.Rows);
        var honest = await verifier.VerifyAsync(CancellationToken.None);
        honest.Faults.ShouldBeEmpty();
        honest.Unanchored.ShouldBe(honest.Entries);

        await new Tamper(record, "ada", new Random(1)).DoAsync("stream cut with its head");

        (await verifier.VerifyAsync(CancellationToken.None)).Faults.ShouldContain(f => f.Fault.StartsWith("cut off", StringComparison.Ordinal));
    }

    /// <summary>Histories of the random test in a sampled run.</summary>
    protected virtual int Histories => 60;

    /// <summary>Kinds of tampering tried after a payload was erased.</summary>
    protected virtual int KindsAfterErasure => Tamper.Kinds.Count;

    /// <summary>Three streams in two tables, and three checkpoints.</summary>
    static async Task FillAsync(AuditRecord record)
    {
        for (var round = 0; round < 3; round++)
        {
            await record.AddAsync("ada", 2);
            await record.AddAsync("bob", round);
            await record.AddAsync("system", 1, TableNames.Exceptions);
            (await record.CheckpointAsync()).ShouldBeTrue();
            record.Clock.Advance(Checkpointer.Interval);
        }
    }

    static async Task LiveAsync(AuditRecord record, Random random)
    {
        var streams = 1 + random.Next(MostStreams);
        await record.AddAsync("s0", 2);
        (await record.CheckpointAsync()).ShouldBeTrue();
        for (var round = 1 + random.Next(MostCheckpoints); round > 0; round--)
        {
            for (var stream = 0; stream < streams; stream++)
            {
                await record.AddAsync($"s{stream}", random.Next(MostEntries), random.Next(2) == 0 ? TableNames.Identities : TableNames.Exceptions);
            }

            // At least one checkpoint more, and always one at the end: what is not anchored may be cut unseen.
            await record.AddAsync("s0");
            (await record.CheckpointAsync()).ShouldBeTrue();
            record.Clock.Advance(Checkpointer.Interval);
        }
    }

    static async Task<string> ShownAsync(AuditRecord record, string found) =>
        $"expected '{found}' in:\n{string.Join('\n', (await record.VerifyAsync()).Faults)}";
}
