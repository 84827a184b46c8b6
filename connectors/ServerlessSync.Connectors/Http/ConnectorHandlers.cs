namespace ServerlessSync.Connectors.Http;

/// <summary>The message handlers fit for connectors.</summary>
public static class ConnectorHandlers
{
    /// <summary>A pooled handler that follows no redirect and keeps no cookie. The caller shares and disposes it.</summary>
    public static SocketsHttpHandler Create() => new()
    {
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
    };

    /// <summary>Refuses a handler that would carry a call, and perhaps its credential, to an address nobody configured.</summary>
    internal static void RefuseRedirects(HttpMessageHandler handler)
    {
        while (handler is DelegatingHandler { InnerHandler: { } inner })
        {
            handler = inner;
        }

        if (handler is SocketsHttpHandler { AllowAutoRedirect: true } or HttpClientHandler { AllowAutoRedirect: true })
        {
            throw new ArgumentException("The handler follows redirects; ConnectorHandlers.Create gives one that does not.", nameof(handler));
        }
    }
}
