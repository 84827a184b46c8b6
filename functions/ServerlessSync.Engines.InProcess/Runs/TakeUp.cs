namespace ServerlessSync.Engines.InProcess.Runs;

/// <summary>Takes up, after a start, every run that had not ended: a bounded number at a time, so that memory and new work keep their room.</summary>
sealed class TakeUp(EngineParts parts) : IDisposable
{
    readonly CancellationTokenSource _stopping = new();
    readonly List<Task> _underWay = [];
    Task _running = Task.CompletedTask;
    string _last = string.Empty;

    public void Start() => _running = RunAsync();

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running;
    }

    public void Dispose() => _stopping.Dispose();

    async Task RunAsync()
    {
        try
        {
            for (var failures = 0; !await TryAsync(); failures++)
            {
                await Task.Delay(parts.BackOff(failures), parts.Time, _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping; the next start begins anew.
        }
    }

    /// <summary>One pass over the runs not taken up yet; false when the store could not list them all.</summary>
    async Task<bool> TryAsync()
    {
        try
        {
            await foreach (var id in parts.History.ReadUnfinishedAsync(_stopping.Token))
            {
                if (parts.IsHalted)
                {
                    return true;
                }

                if (string.CompareOrdinal(id, _last) > 0)
                {
                    await MakeRoomAsync();
                    _underWay.Add(parts.Table.TakeUpAsync(id));
                    _last = id;
                }
            }

            return true;
        }
        catch (StoreException e)
        {
            parts.Log.TakeUpDelayed(e);
            return false;
        }
    }

    async Task MakeRoomAsync()
    {
        while (_underWay.Count >= parts.Options.MaxRunsTakenUpAtOnce)
        {
            await Task.WhenAny(_underWay).WaitAsync(_stopping.Token);
            _underWay.RemoveAll(t => t.IsCompleted);
        }

        await parts.Table.RoomAsync(_stopping.Token);
        _stopping.Token.ThrowIfCancellationRequested();
    }
}
