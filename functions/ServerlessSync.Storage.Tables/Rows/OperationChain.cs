using System.Buffers.Text;
using System.Security.Cryptography;

namespace ServerlessSync.Storage.Tables.Rows;

/// <summary>
/// Which commits wrote a row, the newest first, as ids of fixed length one after the other. With it, a writer whose answer was lost can tell
/// by reading whether its commit happened, also when others have written since.
/// </summary>
static class OperationChain
{
    const int IdChars = 11;
    const int MostIds = 8;

    /// <summary>Stands for whatever was before an unconditional write.</summary>
    const string UnknownPast = "~~~~~~~~~~~";

    /// <summary>An id for one commit.</summary>
    public static string NewId()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The chain of a row that the operation writes under a condition.</summary>
    /// <param name="id">The operation.</param>
    /// <param name="condition">Its condition.</param>
    /// <param name="previous">The chain of the version it replaces, where the condition names one.</param>
    public static string Next(string id, RowCondition condition, string previous) => condition switch
    {
        RowCondition.Absent => id,
        RowCondition.Match when IsChain(previous) => string.Concat(id, previous.AsSpan(0, Math.Min(previous.Length, (MostIds - 1) * IdChars))),
        _ => id + UnknownPast,
    };

    /// <summary>The newest id of a chain, or null when there is none.</summary>
    public static string? Newest(string chain) => IsChain(chain) ? chain[..IdChars] : null;

    public static bool Contains(string chain, string id)
    {
        if (!IsChain(chain))
        {
            return false;
        }

        for (var at = 0; at < chain.Length; at += IdChars)
        {
            if (chain.AsSpan(at, IdChars).SequenceEqual(id))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when the chain goes back to the insert of the row.</summary>
    public static bool IsWhole(string chain) => IsChain(chain) && chain.Length < MostIds * IdChars && !chain.EndsWith(UnknownPast, StringComparison.Ordinal);

    static bool IsChain(string text) => text.Length is > 0 and <= MostIds * IdChars && text.Length % IdChars == 0;
}
