using Microsoft.AspNetCore.Server.Kestrel.Core;
using ServerlessSync.Web.Http;

namespace ServerlessSync.Web;

/// <summary>Sets Kestrel up for strangers.</summary>
public static class KestrelServerOptionsExtensions
{
    /// <summary>Bounds what one connection may hold and how slow it may be, and how many there may be. HTTP/1.1 alone: one request at a time a connection.</summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="limits">The limits.</param>
    /// <remarks>https://learn.microsoft.com/aspnet/core/fundamentals/servers/kestrel/options</remarks>
    public static void UseServerlessSyncLimits(this KestrelServerOptions kestrel, WebLimits limits)
    {
        kestrel.AddServerHeader = false;
        kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http1);
        kestrel.Limits.MaxConcurrentConnections = limits.Connections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = 0;

        // More than is read of any body: a sender that goes a little too far is still listened to, so that it hears why it is refused.
        kestrel.Limits.MaxRequestBodySize = 4 * RequestBody.MaxBytes;
        kestrel.Limits.MaxRequestBufferSize = 64 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxRequestLineSize = 8 * 1024;
        kestrel.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        kestrel.Limits.MinResponseDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
    }
}
