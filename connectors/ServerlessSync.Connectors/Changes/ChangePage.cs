namespace ServerlessSync.Connectors;

/// <summary>What changed since a cursor, or that only a complete read can tell.</summary>
public sealed record ChangePage
{
    /// <summary>The accounts, as they are now.</summary>
    public IReadOnlyList<TargetAccount> Items { get; private init; } = [];

    /// <summary>Where to go on, now or later; null when everything must be read.</summary>
    public string? Cursor { get; private init; }

    /// <summary>True when more is known to be there.</summary>
    public bool More { get; private init; }

    /// <summary>Why everything must be read: the target cannot tell, or has forgotten the cursor. Null otherwise.</summary>
    public string? ReadEverything { get; private init; }

    /// <summary>The accounts changed, and where to go on.</summary>
    /// <param name="items">The accounts.</param>
    /// <param name="cursor">Where to go on.</param>
    /// <param name="more">Whether more is known to be there.</param>
    public static ChangePage Changed(IReadOnlyList<TargetAccount> items, string cursor, bool more) => new() { Items = items, Cursor = cursor, More = more };

    /// <summary>Only a complete read can tell.</summary>
    /// <param name="reason">Why, for people.</param>
    public static ChangePage Everything(string reason) => new() { ReadEverything = reason };
}
