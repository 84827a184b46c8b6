using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Storage;
using Shouldly;

namespace ServerlessSync.TestKit.Audit;

/// <content>What is done.</content>
public sealed partial class Tamper
{
    static CancellationToken None => CancellationToken.None;

    async Task PutAsync(string table, string partition, string key, byte[] body) =>
        (await record.Rows.CommitAsync(new RowBatch(table, partition, RowWrite.Put(key, body)), None)).Committed.ShouldBeTrue();

    async Task DropAsync(string table, string partition, string key)
    {
        (await record.Rows.GetAsync(new RowAddress(table, partition, key), None)).ShouldNotBeNull(key);
        (await record.Rows.CommitAsync(new RowBatch(table, partition, RowWrite.Delete(key)), None)).Committed.ShouldBeTrue();
    }

    async Task<T> ReadAsync<T>(string table, string partition, string key) =>
        MeshJson.FromRow<T>((await record.Rows.GetAsync(new RowAddress(table, partition, key), None)).ShouldNotBeNull(key));

    async Task ChangeAsync<T>(string key, Func<T, T> change) =>
        await PutAsync(Table, stream, key, MeshJson.ToBytes(change(await ReadAsync<T>(Table, stream, key))));

    Task<AuditHead> HeadAsync() => ReadAsync<AuditHead>(Table, stream, AuditChain.HeadKey);

    Task<AuditEntry> EntryAsync(long number) => ReadAsync<AuditEntry>(Table, stream, AuditChain.EntryKey(number));

    async Task SwapAsync(string left, string right)
    {
        var (l, r) = (await ReadAsync<AuditEntry>(Table, stream, left), await ReadAsync<AuditEntry>(Table, stream, right));
        await PutAsync(Table, stream, left, MeshJson.ToBytes(r));
        await PutAsync(Table, stream, right, MeshJson.ToBytes(l));
    }

    async Task DropEntryAsync(long number)
    {
        await DropAsync(Table, stream, AuditChain.EntryKey(number));
        await record.Rows.CommitAsync(new RowBatch(Table, stream, RowWrite.Delete(AuditChain.PayloadKey(number))), None);
    }

    async Task AddBehindAsync()
    {
        var head = await HeadAsync();
        var (entry, _) = AuditChain.Append(stream, head, AuditDraft.Of("late", AuditKind.Operator, "late"), record.Clock.GetUtcNow());
        await PutAsync(Table, stream, AuditChain.EntryKey(entry.Number), MeshJson.ToBytes(entry));
    }

    /// <summary>Leaves the entries up to one, and a head that fits.</summary>
    async Task CutAsync(long number)
    {
        for (var cut = number + 1; cut <= _last; cut++)
        {
            await DropEntryAsync(cut);
        }

        await PutAsync(Table, stream, AuditChain.HeadKey, MeshJson.ToBytes(number == 0 ? AuditHead.Empty : new AuditHead(number, (await EntryAsync(number)).Hash)));
    }

    async Task DeleteStreamAsync()
    {
        for (var cut = 1L; cut <= _last; cut++)
        {
            await DropEntryAsync(cut);
        }

        await DropAsync(Table, stream, AuditChain.HeadKey);
    }

    /// <summary>Writes other entries from a number on, every hash right.</summary>
    async Task RewriteAsync(long from)
    {
        var head = from == 1 ? AuditHead.Empty : new AuditHead(from - 1, (await EntryAsync(from - 1)).Hash);
        for (var number = from; number <= _last; number++)
        {
            var (entry, payload) = AuditChain.Append(stream, head, AuditDraft.Of("forged", AuditKind.Operator, "forged"), record.Clock.GetUtcNow());
            await PutAsync(Table, stream, AuditChain.EntryKey(number), MeshJson.ToBytes(entry));
            await PutAsync(Table, stream, AuditChain.PayloadKey(number), MeshJson.ToBytes(payload));
            head = new AuditHead(number, entry.Hash);
        }

        await PutAsync(Table, stream, AuditChain.HeadKey, MeshJson.ToBytes(head));
    }

    /// <summary>The host goes on behind the forged entries in good faith, and its checkpoint is right and anchored.</summary>
    async Task RewriteAndGoOnAsync()
    {
        await RewriteAsync(1);
        await record.AddAsync(stream);
        (await record.CheckpointAsync()).ShouldBeTrue();
    }

    Task<Checkpoint> CheckpointAsync(long number) => ReadAsync<Checkpoint>(TableNames.Checkpoints, CheckpointChain.Partition, CheckpointChain.KeyOf(number));

    Task PutCheckpointAsync(long number, Checkpoint checkpoint) =>
        PutAsync(TableNames.Checkpoints, CheckpointChain.Partition, CheckpointChain.KeyOf(number), MeshJson.ToBytes(checkpoint));

    async Task ChangeCheckpointAsync(Func<Checkpoint, Checkpoint> change) => await PutCheckpointAsync(_checkpoint, change(await CheckpointAsync(_checkpoint)));

    async Task SwapCheckpointsAsync()
    {
        var (first, second) = (await CheckpointAsync(1), await CheckpointAsync(2));
        await PutCheckpointAsync(1, second);
        await PutCheckpointAsync(2, first);
    }

    async Task CutChainAsync(long number)
    {
        for (var cut = record.Anchor.Lines.Count; cut > number; cut--)
        {
            await DropAsync(TableNames.Checkpoints, CheckpointChain.Partition, CheckpointChain.KeyOf(cut));
        }

        await DropAsync(TableNames.Checkpoints, CheckpointChain.Partition, CheckpointChain.AnchoredKey);
    }

    async Task CutTogetherAsync()
    {
        await CutChainAsync(0);
        await CutAsync(_last - 1);
    }

    /// <summary>Every checkpoint from one on anew, as a host with another key would have taken them.</summary>
    async Task RewriteChainAsync()
    {
        using var forger = new MemorySigner();
        var previous = _checkpoint == 1 ? CheckpointChain.First : (await CheckpointAsync(_checkpoint - 1)).Hash;
        for (var number = _checkpoint; number <= record.Anchor.Lines.Count; number++)
        {
            var forged = Hashed((await CheckpointAsync(number)) with { Previous = previous, At = record.Clock.GetUtcNow().AddDays(1), Key = forger.Key });
            var signature = await forger.SignAsync(Convert.FromBase64String(forged.Hash), None);
            await PutCheckpointAsync(number, forged with { Signature = Convert.ToBase64String(signature) });
            previous = forged.Hash;
        }
    }

    /// <summary>The last checkpoint is another one, signed with the true key: a host that was stopped, restored and started again.</summary>
    async Task ForkAsync()
    {
        var last = record.Anchor.Lines.Count;
        var forked = Hashed((await CheckpointAsync(last)) with { At = record.Clock.GetUtcNow().AddDays(1) });
        var signature = await record.Signer.SignAsync(Convert.FromBase64String(forked.Hash), None);
        await PutCheckpointAsync(last, forked with { Signature = Convert.ToBase64String(signature) });
    }

    async Task<Row> LeafRowAsync()
    {
        await foreach (var row in new CheckpointRows(record.Rows).ReadLeafRowsAsync(await CheckpointAsync(_checkpoint), None))
        {
            return row;
        }

        throw new InvalidOperationException($"Checkpoint {_checkpoint} has no leaves.");
    }

    async Task ChangeLeavesAsync(Func<IReadOnlyList<StreamHead>, IReadOnlyList<StreamHead>>? change)
    {
        var row = await LeafRowAsync();
        if (change is null)
        {
            await DropAsync(TableNames.Checkpoints, row.Partition, row.Key);
        }
        else
        {
            await PutAsync(TableNames.Checkpoints, row.Partition, row.Key, MeshJson.ToBytes(change(CheckpointRows.LeavesOf(row)!)));
        }
    }

    async Task ChangeLeafRowAsync(byte[] body)
    {
        var row = await LeafRowAsync();
        await PutAsync(TableNames.Checkpoints, row.Partition, row.Key, body);
    }

    Task ChangeAnchorAsync(Func<Checkpoint?, Checkpoint?> change)
    {
        record.Anchor.Lines = [.. record.Anchor.Lines.Select((line, i) => i + 1 == _checkpoint ? change(line) : line)];
        return Task.CompletedTask;
    }

    Task DropAnchorAsync()
    {
        record.Anchor.Lines = [.. record.Anchor.Lines.Where((_, i) => i + 1 != _checkpoint)];
        return Task.CompletedTask;
    }

    Task SwapAnchorAsync()
    {
        record.Anchor.Lines = [record.Anchor.Lines[1], record.Anchor.Lines[0], .. record.Anchor.Lines.Skip(2)];
        return Task.CompletedTask;
    }

    Task ShortenAnchorAsync()
    {
        record.Anchor.Lines = [.. record.Anchor.Lines.Take((int)_checkpoint - 1)];
        return Task.CompletedTask;
    }
}
