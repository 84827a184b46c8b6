namespace ServerlessSync.Web;

/// <summary>How much may be in hand at once over HTTP. Past a limit the answer is 503 with Retry-After, and nothing is stored.</summary>
public sealed record WebLimits
{
    /// <summary>Connections; one more is closed unanswered, so there are more than requests of all kinds can use.</summary>
    /// <value>2048</value>
    public int Connections { get; init; } = 2048;

    /// <summary>Webhooks from the reading of their body until the inbox has recorded them.</summary>
    /// <value>512</value>
    public int Webhooks { get; init; } = 512;

    /// <summary>Bytes of all these webhooks' bodies together.</summary>
    /// <value>64 MiB</value>
    public long WebhookBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long a webhook waits for the inbox. What was begun goes on, keeps its place among the webhooks, and is found by the sender's repeat.</summary>
    /// <value>30 seconds</value>
    public TimeSpan InboxWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Calls of the API that carry a valid key.</summary>
    /// <value>64</value>
    public int ApiCalls { get; init; } = 64;
}
