namespace ServerlessSync.Connectors.Http;

/// <summary>How a target is spoken to.</summary>
/// <param name="ConnectorId">The target's name, for failures.</param>
/// <param name="BaseUrl">The address below which all paths lie.</param>
/// <param name="Token">Gives the bearer token for a call; asked each time, so that a rotated token is used at once.</param>
public sealed record JsonHttpOptions(string ConnectorId, Uri BaseUrl, Func<CancellationToken, ValueTask<string>> Token)
{
    /// <summary>The media type sent and accepted.</summary>
    /// <value>application/json.</value>
    public string MediaType { get; init; } = "application/json";

    /// <summary>How long one call may take, body included.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The largest answer taken, in bytes.</summary>
    /// <value>4 MiB.</value>
    public int LargestAnswer { get; init; } = 4 * 1024 * 1024;
}
