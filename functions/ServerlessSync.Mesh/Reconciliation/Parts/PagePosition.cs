using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Where a read in pages stands, and enough of the tokens before to notice, in bounded room, that they go round in a circle: one token is kept, at
/// distances that double (Brent's algorithm).
/// </summary>
sealed record PagePosition
{
    /// <summary>A longer token is no token.</summary>
    public const int LongestToken = 16 * 1024;

    /// <summary>Items that are not too many, whatever is expected.</summary>
    public const long FewItems = 10_000_000;

    /// <summary>Pages that are not too many beyond one an item.</summary>
    const long FewPages = 10_000;

    const int MostTimes = 10;

    /// <summary>Token of the next page; null at the beginning.</summary>
    public string? Token { get; init; }

    /// <summary>Pages read.</summary>
    public long Pages { get; init; }

    /// <summary>Items read.</summary>
    public long Items { get; init; }

    /// <summary>Those of them that are ours.</summary>
    public long Owned { get; init; }

    /// <summary>How often the read was begun anew.</summary>
    public int Restarts { get; init; }

    /// <summary>Hash of the token that is kept.</summary>
    public string? Kept { get; init; }

    /// <summary>Tokens since then.</summary>
    public long Since { get; init; }

    /// <summary>Tokens after which another one is kept.</summary>
    public long Distance { get; init; } = 1;

    /// <summary>What is wrong with how much was read, for people; null when nothing is: there are targets that always have one page more.</summary>
    /// <param name="expected">Items that are expected.</param>
    public string? FindExcess(long expected) =>
        Pages - Items > FewPages ? $"the target gave {Pages} pages with {Items} items and has more"
        : Items > FewItems && Items / MostTimes > expected ? $"the target gave {Items} items where about {expected} are expected, and has more"
        : null;

    /// <summary>The position behind a page.</summary>
    /// <param name="next">Token of the next one.</param>
    /// <param name="fault">What is wrong with it, for people; null when nothing is.</param>
    public PagePosition After(string next, out string? fault)
    {
        var hash = KeyText.Hash(next);
        fault = next.Length > LongestToken ? $"the target gave a page token of {next.Length} characters"
            : next == Token || hash == Kept ? $"the target gave a page token again after {Pages} pages"
            : null;
        return Since + 1 < Distance
            ? this with { Token = next, Since = Since + 1 }
            : this with { Token = next, Kept = hash, Since = 0, Distance = Distance * 2 };
    }
}
