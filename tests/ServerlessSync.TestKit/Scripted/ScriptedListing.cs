using System.Collections.Concurrent;
using ServerlessSync.Connectors;

namespace ServerlessSync.TestKit.Scripted;

/// <summary>What is listed.</summary>
public enum ListKind
{
    Accounts,
    Grants,
    Credentials,
    Changes,
}

/// <summary>A page that is asked for.</summary>
/// <param name="List">What is listed.</param>
/// <param name="Number">Which page of the list it is, from 1.</param>
/// <param name="Occurrence">1 for the first time this page is asked for.</param>
public sealed record ListedPage(ListKind List, int Number, int Occurrence);

/// <summary>What a scripted target does with a page.</summary>
public enum PageFault
{
    /// <summary>Gives it.</summary>
    None,

    /// <summary>Gives one item, and the rest with the next page.</summary>
    Scant,

    /// <summary>Gives nothing, and the rest with the next page.</summary>
    Empty,

    /// <summary>Gives nothing and says that this is the end: a target that hides the rest.</summary>
    End,

    /// <summary>Gives the last item of the page before once more.</summary>
    Repeat,

    /// <summary>Fails as a server error does.</summary>
    ServerError,

    /// <summary>Knows that it cannot go on to the end.</summary>
    Incomplete,
}

/// <summary>How a scripted target gives its lists.</summary>
public sealed class ScriptedListing
{
    readonly ConcurrentDictionary<(ListKind, int), int> _occurrences = new();

    /// <summary>How many items a page holds at most.</summary>
    public int PageSize { get; set; } = 3;

    /// <summary>Whether accounts come in ordinal order of their keys; in an order of no meaning otherwise.</summary>
    public bool Ordered { get; set; } = true;

    /// <summary>Decides about each page; may change the target first, as somebody else would between two pages.</summary>
    public Func<ListedPage, PageFault> On { get; set; } = _ => PageFault.None;

    /// <summary>Why credentials may not be listed, or null when they may.</summary>
    public FailureKind? CredentialFailure { get; set; }

    /// <summary>How many changes the feed keeps; cursors from before them are forgotten.</summary>
    public int KeptChanges { get; set; } = int.MaxValue;

    internal PageFault Next(ListKind list, int number) =>
        On(new ListedPage(list, number, _occurrences.AddOrUpdate((list, number), 1, (_, n) => n + 1)));
}
