using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ServerlessSync.Benchmarks.Intake;

/// <summary>
/// Sends ready-made requests over kept-alive connections, one at a time on each, and waits for 202. One thread and plain sockets: it shares
/// the machine with what it measures, so it does as little as can be.
/// </summary>
sealed class LoadGenerator : IDisposable
{
    const int SilenceMicroseconds = 20_000_000;

    readonly Dictionary<Socket, LoadConnection> _connections = [];

    /// <summary>Opens the connections.</summary>
    public LoadGenerator(IPEndPoint server, int connections)
    {
        for (var i = 0; i < connections; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Connect(server);
            _connections.Add(socket, new LoadConnection(socket));
        }
    }

    /// <summary>Sends every request and takes its answer.</summary>
    public async Task RunAsync(byte[][] requests, Latencies latencies)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                Run(requests, latencies);
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        { IsBackground = true, Name = "load" };
        thread.Start();
        await done.Task;
    }

    public void Dispose()
    {
        foreach (var socket in _connections.Keys)
        {
            socket.Dispose();
        }
    }

    void Run(byte[][] requests, Latencies latencies)
    {
        var waiting = new HashSet<Socket>();
        var next = 0;
        foreach (var (socket, connection) in _connections.Take(requests.Length))
        {
            connection.Send(requests[next++]);
            waiting.Add(socket);
        }

        var ready = new List<Socket>(_connections.Count);
        while (waiting.Count > 0)
        {
            ready.Clear();
            ready.AddRange(waiting);
            Socket.Select(ready, null, null, SilenceMicroseconds);
            if (ready.Count == 0)
            {
                throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"No answer for {SilenceMicroseconds / 1_000_000} s on {waiting.Count} connections."));
            }

            foreach (var socket in ready)
            {
                var connection = _connections[socket];
                if (connection.TryTakeAnswer() is not { } latency)
                {
                    continue;
                }

                latencies.Add(latency);
                if (next < requests.Length)
                {
                    connection.Send(requests[next++]);
                }
                else
                {
                    waiting.Remove(socket);
                }
            }
        }
    }
}
