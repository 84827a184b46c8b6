using System.Security.Cryptography;

namespace ServerlessSync.Mesh.Audit;

/// <summary>
/// The Merkle tree of <see href="https://www.rfc-editor.org/rfc/rfc9162#section-2.1.1">RFC 9162, 2.1.1</see>: SHA-256, leaves under a zero
/// byte and nodes under a one, so that no leaf can pass for a node. Takes leaves one by one and keeps only the roots of whole subtrees.
/// </summary>
public sealed class MerkleTree
{
    const byte LeafPrefix = 0;
    const byte NodePrefix = 1;

    readonly Stack<(byte[] Hash, long Size)> _whole = new();

    /// <summary>Leaves taken.</summary>
    public long Count { get; private set; }

    /// <summary>Adds the next leaf.</summary>
    public void Add(ReadOnlySpan<byte> leaf)
    {
        Count++;
        var (hash, size) = (HashOf(LeafPrefix, leaf, []), 1L);
        while (_whole.TryPeek(out var left) && left.Size == size)
        {
            (hash, size) = (HashOf(NodePrefix, _whole.Pop().Hash, hash), 2 * size);
        }

        _whole.Push((hash, size));
    }

    /// <summary>The root over the leaves so far; over none it is the hash of nothing.</summary>
    public byte[] Root()
    {
        byte[]? root = null;
        foreach (var (hash, _) in _whole)
        {
            root = root is null ? hash : HashOf(NodePrefix, hash, root);
        }

        return root ?? SHA256.HashData([]);
    }

    /// <summary>
    /// The inclusion proof of <see href="https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.1">RFC 9162, 2.1.3.1</see>: the hashes that lead from
    /// one leaf to the root, the nearest first.
    /// </summary>
    public static IReadOnlyList<byte[]> ProofOf(IReadOnlyList<byte[]> leaves, int index)
    {
        var (from, to, path) = (0, leaves.Count, new Stack<byte[]>());
        while (to - from > 1)
        {
            var split = from + (int)(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(to - from)) / 2);
            path.Push(index < split ? RootOf(leaves, split, to) : RootOf(leaves, from, split));
            (from, to) = index < split ? (from, split) : (split, to);
        }

        return [.. path];
    }

    static byte[] RootOf(IReadOnlyList<byte[]> leaves, int from, int to)
    {
        var tree = new MerkleTree();
        for (var i = from; i < to; i++)
        {
            tree.Add(leaves[i]);
        }

        return tree.Root();
    }

    static byte[] HashOf(byte prefix, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([prefix]);
        hash.AppendData(left);
        hash.AppendData(right);
        return hash.GetHashAndReset();
    }
}
