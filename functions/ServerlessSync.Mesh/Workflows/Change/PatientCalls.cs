using ServerlessSync.Mesh.Workflows.Damage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>
/// Calls the activities of one run, and waits while the mesh's own store is away. That uses up no attempt at a step, ends nothing and undoes
/// nothing: what is decided without the store is a guess. The calls of a run wait together: one of them tries again, after longer and longer
/// waits, and the others follow when it has come through.
/// </summary>
sealed class PatientCalls(WorkflowContext context)
{
    /// <summary>The version whose runs took a store that is away for a failed attempt; those in flight go on as they began.</summary>
    const string Impatient = "1";

    /// <summary>About half a day, or as many shorter outages; few, so that a large plan still fits into its generation of history.</summary>
    static readonly RetrySchedule Waits = new(Attempts: 50, TimeSpan.FromMilliseconds(200), Factor: 2, TimeSpan.FromMinutes(20));

    object? _status;
    Task _trial = Task.CompletedTask;
    CancellationTokenSource? _wait;
    StoreAwayException? _gaveUp;
    int _waited;
    int _inARow;

    /// <summary>The run.</summary>
    public WorkflowContext Context => context;

    /// <summary>Says where the run is; while it waits for the store it says that instead.</summary>
    public void Show(object status)
    {
        _status = status;
        context.SetCustomStatus(status);
    }

    /// <summary>Ends a wait for the store: something was just recorded in it.</summary>
    public void TryNow() => _wait?.Cancel();

    /// <summary>Calls an activity, as often as it takes for the store to answer.</summary>
    /// <param name="activity">Its name.</param>
    /// <param name="input">Its input.</param>
    /// <param name="stop">Ends the wait for the store; what is under way is not cut off.</param>
    /// <exception cref="WorkflowTaskFailedException">It failed for another reason than the store.</exception>
    /// <exception cref="StoreAwayException">The store was away for so long that the run cannot wait on; the lane begins its event anew.</exception>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public async Task<T> CallAsync<T>(string activity, object input, CancellationToken stop = default)
    {
        while (true)
        {
            if (!_trial.IsCompleted)
            {
                await Task.WhenAny(_trial);
                stop.ThrowIfCancellationRequested();
                continue;
            }

            if (_gaveUp is not null)
            {
                throw new StoreAwayException(_gaveUp.Message);
            }

            try
            {
                return Through(await context.CallActivityAsync<T>(activity, input));
            }
            catch (WorkflowTaskFailedException e) when (IsAway(e))
            {
                if (_trial.IsCompleted && _gaveUp is null)
                {
                    var trial = TryAgainAsync<T>(activity, input, e.Failure.ErrorMessage, stop);
                    _trial = trial;
                    return await trial;
                }
            }
        }
    }

    async Task<T> TryAgainAsync<T>(string activity, object input, string why, CancellationToken stop)
    {
        while (_waited < Waits.Attempts)
        {
            _waited++;
            _inARow++;
            var until = context.CurrentUtcDateTime + RetryDecision.Wait(_inARow, Waits, context.InstanceId);
            context.SetCustomStatus(new { stage = "waiting for the store", tries = _inARow, until, why = Words.Short(why) });
            await WaitAsync(until, stop);
            try
            {
                return Through(await context.CallActivityAsync<T>(activity, input));
            }
            catch (WorkflowTaskFailedException e) when (IsAway(e))
            {
                why = e.Failure.ErrorMessage;
            }
        }

        _gaveUp = new StoreAwayException($"The store was away for {_waited} tries: {why}");
        throw _gaveUp;
    }

    async Task WaitAsync(DateTimeOffset until, CancellationToken stop)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _wait = wait;
        try
        {
            await context.CreateTimer(until, wait.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Told that the store answers.
        }
        finally
        {
            _wait = null;
        }
    }

    bool IsAway(WorkflowTaskFailedException failed) => context.Version != Impatient && StoreAwayException.Is(failed.Failure);

    T Through<T>(T answer)
    {
        if (_inARow > 0)
        {
            _inARow = 0;
            context.SetCustomStatus(_status);
        }

        return answer;
    }
}
