namespace ServerlessSync.Connectors;

/// <summary>
/// A program's access to one system. This is all a connector must be able to do; each further ability is an
/// interface of its own (<see cref="IAccountConnector"/>, <see cref="IGrantConnector"/>, <see cref="ISessionConnector"/>),
/// and what a target can do is read off the type, never declared a second time.
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

    /// <summary>Reads one page of accounts. The caller owns the loop and refuses a token it has seen before.</summary>
    /// <param name="continuationToken">Opaque token of the page before, or null for the first page.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    Task<Page<TargetAccount>> ReadPageAsync(string? continuationToken, CancellationToken cancellationToken);
}
