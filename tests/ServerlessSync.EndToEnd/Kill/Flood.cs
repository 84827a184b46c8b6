using System.Collections.Concurrent;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.EndToEnd.Kill;

/// <summary>Many senders at once, a host that is killed between them, and the next host on the same data.</summary>
sealed class Flood : IAsyncDisposable
{
    const int Senders = 32;

    // Only looked at, so nothing is to be kept true: what is measured against is the record alone.
    const string Target = "saas: { connector: scim, url: \"http://127.0.0.1:1/scim/v2\", credential: env:OPS_KEY, stage: observe }";

    static readonly TimeSpan BetweenPolls = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan OrderlyStop = TimeSpan.FromSeconds(30);

    readonly string _folder;
    readonly IReadOnlyList<HrEvent> _events;
    readonly ConcurrentQueue<HrEvent> _unsent;
    readonly Random _random;
    int _acknowledged;
    int _resent;
    ServerProcess? _host;
    HttpClient? _client;

    public Flood(string folder, IReadOnlyList<HrEvent> events, Random random)
    {
        (_folder, _events, _random) = (folder, events, random);
        _unsent = new(events);
        File.WriteAllText(ConfigurationPath, new HrYaml { Targets = [Target], Rules = [], Attempt = "PT4S" }.Text);
    }

    public int Kills { get; private set; }

    public int Acknowledged => _acknowledged;

    public int Resent => _resent;

    string ConfigurationPath => Path.Combine(_folder, "mesh.yaml");

    /// <summary>Sends everything, kills so often on the way, and returns when the record says what was sent.</summary>
    public async Task RunAsync(int kills, CancellationToken cancellationToken)
    {
        await StartHostAsync(cancellationToken);
        foreach (var moment in Moments(kills))
        {
            await SendAllAsync(moment, cancellationToken);
            Kills++;
            Progress.Say(FormattableString.Invariant($"flood: kill {Kills} of {kills}, {_acknowledged} events acknowledged"));
            await StartHostAsync(cancellationToken);
        }

        await SendAllAsync(int.MaxValue, cancellationToken);
        await SettleAsync(cancellationToken);
    }

    /// <summary>Asks the host to stop and answers its exit code.</summary>
    public async Task<int> StopAsync()
    {
        await _host!.StopAsync(OrderlyStop);
        return _host.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_host is not null)
        {
            await _host.KillAsync();
            await _host.DisposeAsync();
        }
    }

    /// <summary>After how many acknowledged events each kill comes.</summary>
    List<int> Moments(int kills)
    {
#pragma warning disable CA5394 // A seed must give the same run again.
        return [.. Enumerable.Range(0, kills).Select(_ => 1 + _random.Next(_events.Count - Senders)).Order()];
#pragma warning restore CA5394
    }

    /// <summary>Sends until so many are acknowledged, and kills the host then, in the middle of all others; or until nothing is left.</summary>
    async Task SendAllAsync(int killAt, CancellationToken cancellationToken)
    {
        var host = _host!;
        var client = _client!;
        var killed = Volatile.Read(ref _acknowledged) >= killAt ? host.KillAsync() : null;
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(async _ =>
        {
            while (_unsent.TryDequeue(out var said))
            {
                if (!await HostApi.SendAsync(client, said, cancellationToken))
                {
                    _unsent.Enqueue(said);
                    Interlocked.Increment(ref _resent);
                    if (!host.IsRunning)
                    {
                        return;
                    }

                    await Task.Delay(BetweenPolls, TimeProvider.System, cancellationToken);
                    continue;
                }

                if (Interlocked.Increment(ref _acknowledged) == killAt)
                {
                    killed = host.KillAsync();
                }
            }
        }));
        await (killed ?? Task.CompletedTask);
    }

    async Task StartHostAsync(CancellationToken cancellationToken)
    {
        _client?.Dispose();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        string[] store = ["--data", Path.Combine(_folder, "data")];
        var environment = new Dictionary<string, string> { ["HR_KEY_1"] = HostApi.Secret, ["OPS_KEY"] = HostApi.Key };
        _host = await HostProgram.ServeUnderAsync([], ConfigurationPath, store, environment, cancellationToken);
        _client = HostApi.ClientOf(_host);
    }

    /// <summary>Waits until everybody's record says what the last event said, and nothing is under way.</summary>
    async Task SettleAsync(CancellationToken cancellationToken)
    {
        var expected = _events.GroupBy(e => e.Person.UserName).ToDictionary(p => p.Key, p => p.MaxBy(e => e.Sequence)!.Title);
        int settled;
        do
        {
            await Task.Delay(BetweenPolls, TimeProvider.System, cancellationToken);
            var shown = await HostApi.ListAsync(_client!, "identities?top=1000", cancellationToken);
            settled = shown.Count(i => RegistryView.IsIdle(i) && RegistryView.Attribute(i, "title") == expected.GetValueOrDefault(RegistryView.UserNameOf(i)));
            Progress.Say(FormattableString.Invariant($"flood: {settled} of {expected.Count} settled"));
        }
        while (settled < expected.Count);
    }
}
