using System.Net;
using System.Net.Sockets;

namespace ServerlessSync.TestKit.Servers;

/// <summary>Stands before a server and lets a share of the requests fail in the ways networks and services do.</summary>
public sealed class FaultyProxy : IAsyncDisposable
{
    // Stalls cost real time, so they are rarer than the rest.
    const int ShareOfStalls = 40;

    static readonly ProxyFault[] Quick = [.. Enum.GetValues<ProxyFault>().Where(fault => fault is not (ProxyFault.None or ProxyFault.Stalled))];

    readonly Lock _gate = new();
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly Random _random;
    readonly int _upstream;
    readonly SortedDictionary<ProxyFault, int> _done = [];
    readonly HashSet<Task> _connections = [];
    readonly Task _accepting;
    double _rate;

    /// <summary>Starts on a free port.</summary>
    /// <param name="upstreamPort">The port of the server on this machine.</param>
    /// <param name="seed">Which requests fail, and how.</param>
    public FaultyProxy(int upstreamPort, int seed)
    {
        _upstream = upstreamPort;
        _random = new Random(seed);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port it listens on.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Is told the first line of each request before anything is done with it, and may keep it waiting.</summary>
    public Func<string, Task> OnRequest { get; set; } = _ => Task.CompletedTask;

    /// <summary>How many requests went which way.</summary>
    public IReadOnlyDictionary<ProxyFault, int> Done
    {
        get
        {
            lock (_gate)
            {
                return new SortedDictionary<ProxyFault, int>(_done);
            }
        }
    }

    /// <summary>From now on this share of the requests fails, 0 to 1.</summary>
    public void FailAt(double rate)
    {
        lock (_gate)
        {
            _rate = rate;
        }
    }

    /// <summary>Closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        Task[] connections;
        lock (_gate)
        {
            connections = [.. _connections];
        }

        await Task.WhenAll(connections);
        _listener.Dispose();
        _stop.Dispose();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                var connection = ServeAsync(client);
                lock (_gate)
                {
                    _connections.RemoveWhere(task => task.IsCompleted);
                    _connections.Add(connection);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        await Task.Yield();
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            while (await HttpText.ReadRequestAsync(stream, _stop.Token) is { } request && await CarryAsync(stream, request))
            {
                // The next request of the same connection.
            }

            // An end at once, as a process that dies gives it.
            client.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The caller gave up, or the test has ended.
        }
    }

    /// <summary>Carries one request; false ends the connection.</summary>
    async Task<bool> CarryAsync(NetworkStream client, byte[] request)
    {
        var head = HttpText.Head(request);
        await OnRequest(head[..head.IndexOf("\r\n", StringComparison.Ordinal)]).WaitAsync(_stop.Token);
        var fault = Choose();
        if (RefusalFor(fault, head) is { } refusal)
        {
            await client.WriteAsync(refusal, _stop.Token);
            return true;
        }

        if (fault == ProxyFault.ClosedBeforeEffect)
        {
            return false;
        }

        var answer = await AskAsync(request);
        switch (fault)
        {
            case ProxyFault.ErrorAfterEffect:
                await client.WriteAsync(HttpText.Error("500 Internal Server Error", "InternalError"), _stop.Token);
                return true;
            case ProxyFault.AnswerCut:
                await client.WriteAsync(answer.AsMemory(0, answer.Length / 2), _stop.Token);
                return false;
            case ProxyFault.Stalled:
                await HttpText.ReadRequestAsync(client, _stop.Token);
                return false;
            case ProxyFault.ClosedAfterEffect:
                return false;
            default:
                await client.WriteAsync(answer, _stop.Token);
                return true;
        }
    }

    static byte[]? RefusalFor(ProxyFault fault, string head) => fault switch
    {
        ProxyFault.Busy => HttpText.Error("503 Service Unavailable", "ServerBusy"),
        ProxyFault.BusyWithRetryAfter => HttpText.Error("503 Service Unavailable", "ServerBusy", "retry-after-ms: 20\r\n"),
        ProxyFault.PreconditionFailed when head.Contains("\r\nIf-Match: W/", StringComparison.OrdinalIgnoreCase) =>
            HttpText.Error("412 Precondition Failed", "UpdateConditionNotSatisfied"),
        ProxyFault.Error or ProxyFault.PreconditionFailed => HttpText.Error("500 Internal Server Error", "InternalError"),
        _ => null,
    };

    async Task<byte[]> AskAsync(byte[] request)
    {
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, _upstream, _stop.Token);
        var stream = server.GetStream();
        await stream.WriteAsync(HttpText.With(request, "Connection", "close"), _stop.Token);
        var answer = new MemoryStream();
        await stream.CopyToAsync(answer, _stop.Token);
        return HttpText.With(answer.ToArray(), "Connection", "keep-alive");
    }

    ProxyFault Choose()
    {
        lock (_gate)
        {
            var fault = ProxyFault.None;
            if (_random.NextDouble() < _rate)
            {
                fault = _random.Next(ShareOfStalls) == 0 ? ProxyFault.Stalled : Quick[_random.Next(Quick.Length)];
            }

            _done[fault] = _done.GetValueOrDefault(fault) + 1;
            return fault;
        }
    }
}
