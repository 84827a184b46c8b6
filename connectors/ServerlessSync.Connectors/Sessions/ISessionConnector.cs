namespace ServerlessSync.Connectors;

/// <summary>A target whose open sessions outlive a disabled account unless they are ended.</summary>
public interface ISessionConnector : IConnector
{
    /// <summary>How many sessions of the account are open now.</summary>
    Task<int> CountSessionsAsync(string accountKey, CancellationToken cancellationToken);

    /// <summary>Ends every open session. None open is <see cref="WriteOutcome.AlreadyInPlace"/>.</summary>
    Task<WriteResult> RevokeSessionsAsync(AccountReference account, WriteContext context, CancellationToken cancellationToken);
}
