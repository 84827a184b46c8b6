namespace ServerlessSync.Storage.Tables.Tests;

/// <summary>Counts the requests on their way at the same time.</summary>
sealed class InFlight() : DelegatingHandler(new SocketsHttpHandler { UseCookies = false })
{
    readonly Lock _gate = new();
    int _now;

    public int Most { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Count(1);
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            Count(-1);
        }
    }

    void Count(int change)
    {
        lock (_gate)
        {
            _now += change;
            Most = Math.Max(Most, _now);
        }
    }
}
