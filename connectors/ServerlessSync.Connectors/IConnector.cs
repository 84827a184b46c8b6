namespace ServerlessSync.Connectors;

/// <summary>
/// A program's access to one system. This is all a connector must be able to do; each further ability is an
/// interface of its own (<see cref="IAccountConnector"/>, <see cref="IGrantConnector"/>, <see cref="ISessionConnector"/>,
/// <see cref="ICredentialConnector"/>, <see cref="IChangeFeed"/>), and what a target can do is read off the type, never declared a second time.
/// </summary>
/// <remarks>
/// Every member may be called from several threads at once. A member that fails throws
/// <see cref="ConnectorException"/> and nothing else, except <see cref="OperationCanceledException"/> when the token was cancelled.
/// </remarks>
public interface IConnector
{
    /// <summary>What this connector speaks and how it marks what it owns. Does no I/O.</summary>
    ConnectorDescription Describe();

    /// <summary>Proves that the system answers and that the connector's own credential is accepted.</summary>
    /// <exception cref="ConnectorException">The system cannot be reached or refuses the credential.</exception>
    Task TestConnectionAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Reads one page of accounts, foreign ones too. The caller owns the loop and refuses a token it has seen before; the same token may
    /// be read again.
    /// </summary>
    /// <remarks>
    /// Every account that is there from the first page to the last is given, once unless the target's order changes meanwhile. One that is
    /// made or removed meanwhile may or may not be. The end is told by a null token alone, and only when the target has shown that it
    /// is the end; a page may be short, or hold nothing, before it.
    /// </remarks>
    /// <param name="continuationToken">Opaque token of the page before, or null for the first page.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="ConnectorException"><see cref="FailureKind.Incomplete"/>: accounts may have been missed, and the read must begin anew.</exception>
    Task<Page<TargetAccount>> ReadPageAsync(string? continuationToken, CancellationToken cancellationToken);
}
