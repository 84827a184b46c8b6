using System.Collections.Concurrent;
using System.Text.Json;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.EndToEnd.Kill;

/// <summary>What a run came to.</summary>
/// <param name="Kills">Times the host was killed.</param>
/// <param name="Unrecorded">Kills that found an effect whose answer the host cannot have had.</param>
/// <param name="Unqueued">Kills that found an event recorded and in no lane.</param>
/// <param name="Resent">Events sent again because their 202 was lost.</param>
/// <param name="Effects">Effects counted at the targets, as many as the oracle's.</param>
/// <param name="Took">From the first start to the last wave settled.</param>
sealed record KillReport(int Kills, int Unrecorded, int Unqueued, int Resent, int Effects, TimeSpan Took)
{
    public override string ToString() => FormattableString.Invariant(
        $"kills={Kills} between_effect_and_record={Unrecorded} between_inbox_and_queue={Unqueued} sent_again={Resent} effects={Effects} seconds={Took.TotalSeconds:0.0}");
}

/// <summary>Sends a workload wave by wave to a host that is killed at drawn moments and started again on the same data.</summary>
sealed class KillRun(KillWorld world, Workload workload, Random random, Action<string> say)
{
    const int Senders = 4;

    /// <summary>How many kills fall into each wave: ten in all.</summary>
    static readonly int[] KillsOfWave = [5, 2, 2, 1];

    static readonly string DoomedGroup = ExpectedWorld.Entitlements.Single(e => e.Role == ExpectedWorld.MissingRole).Group;

    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(3);
    static readonly TimeSpan BetweenPolls = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan LongestWave = TimeSpan.FromMinutes(4);

    readonly List<int> _processes = [];
    ServerProcess? _host;
    HttpClient? _client;
    long _hostStarted;
    int _accepted;
    int _resent;
    int _kills;
    int _unrecorded;
    int _unqueued;

    /// <summary>The oracle, as far as waves have been sent.</summary>
    public ExpectedWorld Expected { get; } = new(workload.Foreign);

    /// <summary>Runs every wave, and proves after each that the targets saw what they had to, once.</summary>
    public async Task<KillReport> RunAsync(CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        await StartHostAsync(cancellationToken);
        for (var wave = 0; wave < workload.Waves.Count; wave++)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var timer = TimeProvider.System.CreateTimer(_ => limit.Cancel(), null, LongestWave, Timeout.InfiniteTimeSpan);
            await RunWaveAsync(workload.Waves[wave], KillsOfWave[wave], limit.Token);
            EffectList.ShouldBeSame(world.ReadEffects(), Expected.Effects, FormattableString.Invariant($"after wave {wave + 1}"));
        }

        return new KillReport(_kills, _unrecorded, _unqueued, _resent, Expected.Effects.Count, TimeProvider.System.GetElapsedTime(started));
    }

    /// <summary>The API of the host that runs now.</summary>
    public HttpClient Client => _client!;

    /// <summary>Asks the host to stop and answers its exit code.</summary>
    public async Task<int> StopAsync(TimeSpan limit)
    {
        await _host!.StopAsync(limit);
        return _host.ExitCode;
    }

    /// <summary>Processes of hosts that still run; one that is dead and not yet buried does not.</summary>
    public IReadOnlyList<int> StillRunning() => [.. _processes.Where(id =>
        File.Exists($"/proc/{id}/stat") && !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal))];

    /// <summary>Whether the host still runs and what it said last, for a failure's message.</summary>
    public string HostState => _host is null ? "no host was started" : $"the host {(_host.IsRunning ? "runs" : "has ended")}:{_host.RecentOutput}";

    /// <summary>Ends the host however it stands.</summary>
    public async Task EndAsync()
    {
        _client?.Dispose();
        if (_host is not null)
        {
            await _host.KillAsync();
            await _host.DisposeAsync();
        }
    }

    async Task RunWaveAsync(IReadOnlyList<HrEvent> events, int kills, CancellationToken cancellationToken)
    {
        var effectsBefore = world.ReadSaasEffects().Count;
        var expectedBefore = SaasEffects();
        foreach (var said in events)
        {
            Expected.Apply(said);
        }

        _accepted = 0;
        var unsent = new ConcurrentQueue<HrEvent>(events);
        foreach (var moment in Moments(kills, events.Count, SaasEffects() - expectedBefore))
        {
            var sending = SendAllAsync(unsent, cancellationToken);
            var held = effectsBefore + moment.Unanswered;
            world.HoldAnswers(held);
            await AwaitAsync(moment, effectsBefore, cancellationToken);
            await KillAsync(moment, held);
            await sending;
            await StartHostAsync(cancellationToken);
        }

        await SendAllAsync(unsent, cancellationToken);
        unsent.ShouldBeEmpty();
        await SettleAsync(cancellationToken);
    }

    /// <summary>The first kill of all meets a grant that is about to be undone; every other is drawn.</summary>
    IEnumerable<KillMoment> Moments(int kills, int events, int effects) => _kills > 0
        ? KillMoment.Draw(random, kills, events, effects)
        : [KillMoment.AfterDoomed(1 + random.Next(3)), .. KillMoment.Draw(random, kills - 1, events, effects)];

    int SaasEffects() => Expected.Effects.Count(e => e.StartsWith("saas ", StringComparison.Ordinal));

    /// <summary>Sends until everything is accepted or the host is dead; what got no 202 is kept to be sent again.</summary>
    Task SendAllAsync(ConcurrentQueue<HrEvent> unsent, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, Senders).Select(async _ =>
        {
            while (unsent.TryDequeue(out var said))
            {
                if (!await HostApi.SendAsync(_client!, said, cancellationToken))
                {
                    unsent.Enqueue(said);
                    Interlocked.Increment(ref _resent);
                    return;
                }

                Interlocked.Increment(ref _accepted);
            }
        }));

    async Task AwaitAsync(KillMoment moment, int effectsBefore, CancellationToken cancellationToken)
    {
        while (!moment.Has(Look(effectsBefore)))
        {
            await Task.Delay(BetweenLooks, TimeProvider.System, cancellationToken);
        }
    }

    WaveProgress Look(int effectsBefore)
    {
        var effects = world.ReadSaasEffects().Skip(effectsBefore).ToList();
        var doomed = effects.Count(e => e.Effect == "member-added" && e.Group == DoomedGroup);
        return new WaveProgress(Volatile.Read(ref _accepted), effects.Count, doomed, TimeProvider.System.GetElapsedTime(_hostStarted));
    }

    /// <param name="moment">When.</param>
    /// <param name="held">The number of the effect from which on nothing was answered.</param>
    async Task KillAsync(KillMoment moment, int? held)
    {
        await _host!.KillAsync();
        var dead = TimeProvider.System.GetUtcNow();
        _kills++;
        // What was not answered when its caller died cannot have been recorded: it was held back, or is younger than the delay.
        var unrecorded = world.ReadSaasEffects().Where((e, i) => i + 1 >= held || e.Time > dead - KillWorld.AnswerDelay).Count();
        world.ReleaseAnswers();
        var unqueued = await world.CountUnqueuedAsync();
        _unrecorded += Math.Sign(unrecorded);
        _unqueued += Math.Sign(unqueued);
        say(FormattableString.Invariant($"kill {_kills} {moment.Name}: {_accepted} accepted, {unqueued} of them in no lane, {unrecorded} effects unanswered"));
        await _host.DisposeAsync();
        _client!.Dispose();
    }

    async Task StartHostAsync(CancellationToken cancellationToken)
    {
        _host = await world.StartHostAsync(cancellationToken);
        _hostStarted = TimeProvider.System.GetTimestamp();
        _processes.Add(_host.Id);
        _client = HostApi.ClientOf(_host);
    }

    /// <summary>Waits until every event said so far is in its identity's record and its lane is idle again.</summary>
    async Task SettleAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> open = [];
        try
        {
            while (true)
            {
                // An identity whose first event waits in its lane has no name yet.
                var shown = (await HostApi.ListAsync(Client, "identities?top=1000", cancellationToken))
                    .Where(i => RegistryView.UserNameOf(i).Length > 0).ToDictionary(RegistryView.UserNameOf);
                open = [.. Expected.People.Where(p => !IsSettled(shown.GetValueOrDefault(p.Key.UserName), p.Value)).Select(p => p.Key.UserName)];
                if (open.Count == 0)
                {
                    return;
                }

                await Task.Delay(BetweenPolls, TimeProvider.System, cancellationToken);
            }
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"not settled: {string.Join(", ", open)}", e);
        }
    }

    static bool IsSettled(JsonElement shown, ExpectedPerson expected) =>
        shown.ValueKind == JsonValueKind.Object
        && RegistryView.IsIdle(shown)
        && RegistryView.IsActive(shown) == expected.Active
        && RegistryView.Attribute(shown, "department") == expected.Said!.Department
        && RegistryView.Attribute(shown, "title") == expected.Said.Title;
}
