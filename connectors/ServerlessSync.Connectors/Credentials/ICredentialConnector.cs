namespace ServerlessSync.Connectors;

/// <summary>A target that tells which credentials its accounts have, so that those nobody manages are found.</summary>
public interface ICredentialConnector : IConnector
{
    /// <summary>Reads one page of the credentials of all accounts. Rules of pages as for <see cref="IConnector.ReadPageAsync"/>.</summary>
    /// <param name="continuationToken">Opaque token of the page before, or null for the first page.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="ConnectorException">
    /// <see cref="FailureKind.Unauthorised"/>: the connector's own credential may not list credentials, and nothing is known of them.
    /// </exception>
    Task<Page<TargetCredential>> ReadCredentialPageAsync(string? continuationToken, CancellationToken cancellationToken);
}
