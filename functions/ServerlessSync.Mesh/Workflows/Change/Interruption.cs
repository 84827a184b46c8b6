namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>
/// Listens for what may overtake a run. Nothing under way is cut off: steps that have not begun are not begun, and waits between attempts end.
/// </summary>
sealed class Interruption(PatientCalls calls, string identityId, long epoch) : IDisposable
{
    public const string TerminationQueued = "a termination has been queued since";

    readonly CancellationTokenSource _listening = new();
    readonly CancellationTokenSource _giving = new();
    readonly CancellationTokenSource _insisting = new();

    /// <summary>Why the run gives nothing more, or null.</summary>
    public string? Stopped { get; private set; }

    /// <summary>Ends when nothing more may be given.</summary>
    public CancellationToken Giving => _giving.Token;

    /// <summary>Ends when revocations need no longer be insisted on by this run, because a newer event plans them anew.</summary>
    public CancellationToken Insisting => _insisting.Token;

    /// <summary>Whether an operator asked for it.</summary>
    public bool ByOperator { get; private set; }

    /// <summary>Takes in what was known when the plan was made.</summary>
    public void Begin(bool superseded)
    {
        if (superseded)
        {
            Stop(TerminationQueued);
        }
    }

    public async Task ListenAsync()
    {
        var looks = HearLooksAsync();
        var stop = StopAsync();
        await Task.WhenAll(looks, stop);
    }

    /// <summary>Asks the store; what an event only hints at is decided there.</summary>
    public async Task LookAsync()
    {
        var answer = await StoreCall.RunAsync<LookAnswer>(calls, WorkflowNames.Look, new LookInput(identityId, calls.Context.InstanceId, epoch));
        if (answer.Superseded)
        {
            Stop(TerminationQueued);
        }

        if (answer.NewerEvent)
        {
            _insisting.Cancel();
        }
    }

    public void End() => _listening.Cancel();

    public void Dispose()
    {
        _listening.Dispose();
        _giving.Dispose();
        _insisting.Dispose();
    }

    async Task HearLooksAsync()
    {
        while (await HeardAsync(WorkflowNames.LookEvent))
        {
            // Whoever tells it has recorded an event: a termination does not wait until the next try of a run that waits for the store.
            calls.TryNow();
            await LookAsync();
        }
    }

    async Task StopAsync()
    {
        if (await HeardAsync(WorkflowNames.StopEvent))
        {
            ByOperator = true;
            Stop("an operator stopped the run");
            _insisting.Cancel();
        }
    }

    void Stop(string reason)
    {
        Stopped ??= reason;
        _giving.Cancel();
    }

    async Task<bool> HeardAsync(string name)
    {
        try
        {
            await calls.Context.WaitForExternalEvent<object?>(name, _listening.Token);
            return !_listening.IsCancellationRequested;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
