using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>What a call that read counted, for the comparison's row; null what it did not count.</summary>
sealed record ReadCounts
{
    public long? Accounts { get; init; }

    public long? Owned { get; init; }

    public long? Known { get; init; }

    public long? Expected { get; init; }

    public long? Rights { get; init; }

    public long? ExpectedRights { get; init; }

    public bool? CredentialsRead { get; init; }

    /// <summary>What was counted between two states of a comparison's row.</summary>
    public static ReadCounts Between(ReconciliationRun before, ReconciliationRun after) => new()
    {
        Accounts = Changed(before.Accounts, after.Accounts),
        Owned = Changed(before.Owned, after.Owned),
        Known = Changed(before.Known, after.Known),
        Expected = Changed(before.Expected, after.Expected),
        Rights = Changed(before.Rights, after.Rights),
        ExpectedRights = Changed(before.ExpectedRights, after.ExpectedRights),
        CredentialsRead = Changed(before.CredentialsRead, after.CredentialsRead),
    };

    /// <summary>The row with what was counted.</summary>
    public ReconciliationRun In(ReconciliationRun run) => run with
    {
        Accounts = Accounts ?? run.Accounts,
        Owned = Owned ?? run.Owned,
        Known = Known ?? run.Known,
        Expected = Expected ?? run.Expected,
        Rights = Rights ?? run.Rights,
        ExpectedRights = ExpectedRights ?? run.ExpectedRights,
        CredentialsRead = CredentialsRead ?? run.CredentialsRead,
    };

    static T? Changed<T>(T before, T after)
        where T : struct, IEquatable<T> => before.Equals(after) ? null : after;
}
