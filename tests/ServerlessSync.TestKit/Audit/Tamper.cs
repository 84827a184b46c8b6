using System.Text;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Storage;
using Shouldly;

namespace ServerlessSync.TestKit.Audit;

/// <summary>
/// What somebody who has the store, or the anchor, might do to the record, each kind by name. Every write of an intruder goes through
/// <see cref="PutAsync"/> and <see cref="DropAsync(string, string, string)"/>.
/// </summary>
public sealed partial class Tamper(AuditRecord record, string stream, Random random)
{
    const string Table = TableNames.Identities;

    readonly Dictionary<string, (string Found, Func<Tamper, Task> Do)> _kinds = new(StringComparer.Ordinal)
    {
        ["entry changed"] = ("changed: its hash", t => t.ChangeAsync<AuditEntry>(AuditChain.EntryKey(t._some), e => e with { Id = "other" })),
        ["entry changed and hashed"] = ("link to the entry before|should end", t => t.ChangeAsync<AuditEntry>(AuditChain.EntryKey(t._some), e => Hashed(e with { Id = "other" }))),
        ["entry dropped"] = ("missing or out of order|should end", t => t.DropEntryAsync(t._some)),
        ["entry unreadable"] = ("damaged", t => t.PutAsync(Table, t.Stream, AuditChain.EntryKey(t._some), "{"u8.ToArray())),
        ["entry of another shape"] = ("damaged|changed|missing", t => t.PutAsync(Table, t.Stream, AuditChain.EntryKey(t._some), "{}"u8.ToArray())),
        ["entries swapped"] = ("missing or out of order", t => t.SwapAsync(AuditChain.EntryKey(t._some), AuditChain.EntryKey(t.Other))),
        ["entry added behind the head"] = ("stands behind it", t => t.AddBehindAsync()),
        ["head changed"] = ("should end", t => t.ChangeAsync<AuditHead>(AuditChain.HeadKey, h => h with { Hash = "other" })),
        ["head dropped"] = ("should end|cut off", t => t.DropAsync(Table, t.Stream, AuditChain.HeadKey)),
        ["head unreadable"] = ("damaged", t => t.PutAsync(Table, t.Stream, AuditChain.HeadKey, "7"u8.ToArray())),
        ["payload changed"] = ("its payload does not fit", t => t.ChangeAsync<AuditPayload>(AuditChain.PayloadKey(t._last), p => p with { Content = "{}" })),
        ["payload unreadable"] = ("damaged", t => t.PutAsync(Table, t.Stream, AuditChain.PayloadKey(t._last), "\"\""u8.ToArray())),
        ["payload of nothing"] = ("a payload without an entry|stands behind it", t => t.PutAsync(Table, t.Stream, AuditChain.PayloadKey(t._last + 1), "{}"u8.ToArray())),
        ["stream cut with its head"] = ("cut off", t => t.CutAsync(t._last - 1)),
        ["stream cut to nothing but its head"] = ("cut off", t => t.CutAsync(0)),
        ["stream deleted"] = ("gone", t => t.DeleteStreamAsync()),
        ["stream rewritten"] = ("rewritten", t => t.RewriteAsync(1)),
        ["stream rewritten and gone on with"] = ("rewritten", t => t.RewriteAndGoOnAsync()),
        ["checkpoint changed"] = ("its hash does not fit", t => t.ChangeCheckpointAsync(c => c with { Leaves = c.Leaves + 1 })),
        ["checkpoint changed and hashed"] = ("does not fit|rewritten", t => t.ChangeCheckpointAsync(c => Hashed(c with { At = c.At.AddMinutes(1) }))),
        ["checkpoint dropped"] = ("missing|stands in the anchor and not in the store", t => t.DropAsync(TableNames.Checkpoints, CheckpointChain.Partition, CheckpointChain.KeyOf(t._checkpoint))),
        ["checkpoint unreadable"] = ("damaged", t => t.PutAsync(TableNames.Checkpoints, CheckpointChain.Partition, CheckpointChain.KeyOf(t._checkpoint), "["u8.ToArray())),
        ["checkpoints swapped"] = ("out of order", t => t.SwapCheckpointsAsync()),
        ["chain cut"] = ("the chain was cut", t => t.CutChainAsync(t._checkpoint - 1)),
        ["chain deleted"] = ("the chain was cut", t => t.CutChainAsync(0)),
        ["chain and stream cut together"] = ("the chain was cut", t => t.CutTogetherAsync()),
        ["chain rewritten"] = ("forked or rewritten", t => t.RewriteChainAsync()),
        ["chain forked at its end"] = ("forked or rewritten", t => t.ForkAsync()),
        ["leaf changed"] = ("do not fit its root", t => t.ChangeLeavesAsync(leaves => [leaves[0] with { Number = leaves[0].Number + 1 }, .. leaves.Skip(1)])),
        ["leaf dropped"] = ("do not fit its root", t => t.ChangeLeavesAsync(leaves => [.. leaves.Skip(1)])),
        ["leaves deleted"] = ("do not fit its root", t => t.ChangeLeavesAsync(null)),
        ["leaves unreadable"] = ("damaged", t => t.ChangeLeafRowAsync(Encoding.ASCII.GetBytes("[null]"))),
        ["anchor line changed"] = ("anchor line", t => t.ChangeAnchorAsync(c => c! with { Root = "other" })),
        ["anchor line rewritten"] = ("anchor line", t => t.ChangeAnchorAsync(c => Hashed(c! with { Root = "other" }))),
        ["anchor line unreadable"] = ("anchor line", t => t.ChangeAnchorAsync(_ => null)),
        ["anchor line dropped"] = ("missing in the anchor|was shortened", t => t.DropAnchorAsync()),
        ["anchor lines swapped"] = ("anchor line", t => t.SwapAnchorAsync()),
        ["anchor shortened"] = ("was shortened", t => t.ShortenAnchorAsync()),
    };

    long _some;
    long _last;
    long _checkpoint;

    /// <summary>The names of all kinds.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. new Tamper(null!, "", new Random(0))._kinds.Keys];

    /// <summary>The stream that is tampered with.</summary>
    public string Stream => stream;

    long Other => _some == _last ? 1 : _some + 1;

    /// <summary>Does it; answers what the report must say of it: one of the texts between bars.</summary>
    public async Task<string> DoAsync(string kind)
    {
        _last = (await HeadAsync()).Number;
        _last.ShouldBeGreaterThan(1);
        _some = 1 + random.Next((int)_last);
        _checkpoint = 1 + random.Next(record.Anchor.Lines.Count);
        var (found, act) = _kinds[kind];
        await act(this);
        return found;
    }

    /// <summary>Whether a report says what it must.</summary>
    public static bool Tells(AuditReport report, string found) =>
        report.Faults.Any(f => found.Split('|').Any(text => f.ToString().Contains(text, StringComparison.Ordinal)));

    static AuditEntry Hashed(AuditEntry entry) => entry with { Hash = AuditChain.HashOf(entry) };

    static Checkpoint Hashed(Checkpoint checkpoint) => checkpoint with { Hash = CheckpointChain.HashOf(checkpoint) };
}
