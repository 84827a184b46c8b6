namespace ServerlessSync.Connectors;

/// <summary>A target that may tell which accounts changed since it was last asked, so that not everything is read each time.</summary>
/// <remarks>
/// A feed saves reading; it proves nothing. Deletions need not be in it, so what is absent is found by a complete read alone. An account may
/// come more than once, and it comes as it is now, not as it was after the change.
/// </remarks>
public interface IChangeFeed : IConnector
{
    /// <summary>
    /// Reads one page of the accounts changed since a cursor. Without a cursor it answers one to begin with and no account: take it
    /// before a complete read, and use it after.
    /// </summary>
    /// <param name="cursor">Opaque cursor of the answer before, or null to begin.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<ChangePage> ReadChangesAsync(string? cursor, CancellationToken cancellationToken);
}
