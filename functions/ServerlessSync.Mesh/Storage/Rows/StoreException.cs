namespace ServerlessSync.Mesh.Storage;

/// <summary>Why a store cannot do its work.</summary>
public enum StoreFailure
{
    /// <summary>The store does not answer now; the same call may succeed later.</summary>
    Unavailable,

    /// <summary>Disk or account is full, or a write could not be made durable: nothing more may be acknowledged.</summary>
    CannotPersist,

    /// <summary>What was read is damaged or of an unknown shape.</summary>
    Corrupt,

    /// <summary>Another owner has taken over; this one must stop writing.</summary>
    Fenced,
}

/// <summary>The one exception a store throws; a store may derive its own to tell its own cases apart.</summary>
public class StoreException(StoreFailure failure, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Why the store cannot do its work.</summary>
    public StoreFailure Failure { get; } = failure;

    /// <summary>The row that is damaged or missing, when it is one row.</summary>
    public RowAddress? Row { get; init; }
}
