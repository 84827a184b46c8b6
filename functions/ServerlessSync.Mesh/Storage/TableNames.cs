namespace ServerlessSync.Mesh.Storage;

/// <summary>The tables of the mesh.</summary>
public static class TableNames
{
    /// <summary>One partition an identity: record, source records, accounts, grants, lane, queue, plans, steps and audit stream; and the system's audit stream.</summary>
    public const string Identities = "identities";

    /// <summary>Who holds a value that must be unique: one partition a value.</summary>
    public const string Claims = "claims";

    /// <summary>Account keys by target, in key order.</summary>
    public const string Accounts = "accounts";

    /// <summary>Identities that name another one, by what they name.</summary>
    public const string References = "references";

    /// <summary>Received events.</summary>
    public const string Inbox = "inbox";

    /// <summary>Lanes that are not idle.</summary>
    public const string Lanes = "lanes";

    /// <summary>What a person must settle.</summary>
    public const string Exceptions = "exceptions";

    /// <summary>The chain of audit checkpoints, and their leaves.</summary>
    public const string Checkpoints = "checkpoints";

    /// <summary>What was found to differ between targets and record; one audit stream a partition.</summary>
    public const string Drifts = "drifts";

    /// <summary>Comparisons of targets with the record.</summary>
    public const string Reconciliations = "reconciliations";

    /// <summary>What a reconciliation has sorted and not yet compared: one partition a run, and one a side that lists its runs.</summary>
    public const string SortedRuns = "sortedruns";

    /// <summary>Every table.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Accounts, Checkpoints, Claims, Drifts, Exceptions, Identities, Inbox, Lanes, Reconciliations, References, SortedRuns];
}
