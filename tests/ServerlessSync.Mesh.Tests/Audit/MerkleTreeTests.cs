using System.Security.Cryptography;
using ServerlessSync.Mesh.Audit;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Audit;

public sealed class MerkleTreeTests
{
    /// <summary>Leaves and roots of the trees that logs of certificates are tested with.</summary>
    static readonly string[] Leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData(6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void The_root_is_that_of_RFC_9162(int leaves, string root)
    {
        var tree = new MerkleTree();
        foreach (var leaf in Leaves.Take(leaves))
        {
            tree.Add(Convert.FromHexString(leaf));
        }

        Convert.ToHexStringLower(tree.Root()).ShouldBe(root);
    }

    [Fact]
    public void Every_leaf_of_every_tree_is_proven_under_its_root_and_under_no_other_place()
    {
        for (var size = 1; size <= 70; size++)
        {
            var leaves = Enumerable.Range(0, size).Select(n => BitConverter.GetBytes(n)).ToList();
            var tree = new MerkleTree();
            leaves.ForEach(leaf => tree.Add(leaf));
            for (var index = 0; index < size; index++)
            {
                var proof = MerkleTree.ProofOf(leaves, index);
                RootBy(proof, leaves[index], index, size).ShouldBe(tree.Root(), $"{index} of {size}");
                RootBy(proof, leaves[index], (index + 1) % size, size).SequenceEqual(tree.Root()).ShouldBe(size == 1, $"{index} of {size} elsewhere");
            }
        }
    }

    /// <summary>The steps of RFC 9162, 2.1.3.2, for whoever holds an export.</summary>
    static byte[] RootBy(IReadOnlyList<byte[]> proof, byte[] leaf, int index, int size)
    {
        var (at, last, hash) = (index, size - 1, SHA256.HashData([0, .. leaf]));
        foreach (var part in proof)
        {
            if (last == 0)
            {
                return [];
            }

            if ((at & 1) == 1 || at == last)
            {
                hash = SHA256.HashData([1, .. part, .. hash]);
                while ((at & 1) == 0 && at != 0)
                {
                    (at, last) = (at >> 1, last >> 1);
                }
            }
            else
            {
                hash = SHA256.HashData([1, .. hash, .. part]);
            }

            (at, last) = (at >> 1, last >> 1);
        }

        return last == 0 ? hash : [];
    }
}
