using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace ServerlessSync.Mesh.Audit;

/// <summary>How checkpoints are keyed, hashed and chained. The formats are written down in docs/decisions/0007-audit-checkpoints.md.</summary>
public static class CheckpointChain
{
    /// <summary>The partition of the chain.</summary>
    public const string Partition = "chain";

    /// <summary>Prefix of the keys of checkpoints.</summary>
    public const string Prefix = "checkpoint-";

    /// <summary>Key of the row that says how far the anchor was seen to reach.</summary>
    public const string AnchoredKey = "anchored";

    const string LeavesPrefix = "leaves-";

    /// <summary>What the first checkpoint carries as the hash before.</summary>
    public static string First { get; } = Convert.ToBase64String(SHA256.HashData("checkpoints"u8));

    /// <summary>Key of checkpoint n.</summary>
    public static string KeyOf(long number) => Prefix + Digits(number);

    /// <summary>Partition of the leaves of checkpoint n with this root. The root is in it, so that two who take number n at once never mix theirs.</summary>
    public static string LeavesOf(long number, string root) => $"{AnyLeavesOf(number)}{Storage.KeyText.Hash(root)}";

    /// <summary>Prefix of the partitions of leaves of every checkpoint n that was ever begun.</summary>
    public static string AnyLeavesOf(long number) => $"{LeavesPrefix}{Digits(number)}-";

    /// <summary>What is hashed as a leaf.</summary>
    public static byte[] LeafOf(StreamHead head) =>
        Bytes(head.Table, head.Stream, head.Number.ToString(CultureInfo.InvariantCulture), head.Hash);

    /// <summary>The hash a checkpoint must carry.</summary>
    public static string HashOf(Checkpoint checkpoint) => Convert.ToBase64String(SHA256.HashData(Bytes(
        checkpoint.Number.ToString(CultureInfo.InvariantCulture),
        checkpoint.At.UtcTicks.ToString(CultureInfo.InvariantCulture),
        checkpoint.Previous,
        checkpoint.Leaves.ToString(CultureInfo.InvariantCulture),
        checkpoint.Root,
        checkpoint.Key)));

    /// <summary>The root over leaves, in the order given.</summary>
    public static string RootOf(IEnumerable<StreamHead> leaves)
    {
        var tree = new MerkleTree();
        foreach (var leaf in leaves)
        {
            tree.Add(LeafOf(leaf));
        }

        return Convert.ToBase64String(tree.Root());
    }

    /// <summary>The order of leaves in a tree: by table, then by stream, ordinal.</summary>
    public static int Compare(StreamHead left, StreamHead right) =>
        string.CompareOrdinal(left.Table, right.Table) is var order and not 0 ? order : string.CompareOrdinal(left.Stream, right.Stream);

    // A JSON array of strings is unambiguous: no value can run into its neighbour.
    static byte[] Bytes(params string?[] fields) => JsonSerializer.SerializeToUtf8Bytes(fields);

    static string Digits(long number) => number.ToString("D12", CultureInfo.InvariantCulture);
}
