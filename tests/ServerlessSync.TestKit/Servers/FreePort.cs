using System.Net;
using System.Net.Sockets;

namespace ServerlessSync.TestKit.Servers;

/// <summary>A port of the loopback address that nobody listens on now; another process may take it before it is used.</summary>
public static class FreePort
{
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
