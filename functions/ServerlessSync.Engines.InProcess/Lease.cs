namespace ServerlessSync.Engines.InProcess;

/// <summary>Keeps the history's lease while the engine runs; halts the engine when it is lost or could not be renewed for its whole time.</summary>
sealed class Lease(EngineParts parts) : IDisposable
{
    ITimer? _timer;
    long _renewed;
    int _renewing;

    public async Task AcquireAsync(CancellationToken cancellationToken)
    {
        await parts.History.AcquireAsync(parts.Options.Owner, parts.Options.LeaseTime, cancellationToken);
        _renewed = parts.Time.GetTimestamp();
        var third = parts.Options.LeaseTime / 3;
        _timer = parts.Time.CreateTimer(_ => _ = RenewAsync(), null, third, third);
    }

    public void Dispose() => _timer?.Dispose();

    async Task RenewAsync()
    {
        if (parts.IsHalted || Interlocked.Exchange(ref _renewing, 1) == 1)
        {
            return;
        }

        try
        {
            var asked = parts.Time.GetTimestamp();
            await parts.History.RenewAsync(CancellationToken.None);
            _renewed = asked;
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Fenced || parts.Time.GetElapsedTime(_renewed) >= parts.Options.LeaseTime)
        {
            parts.Halt(e);
        }
        catch (Exception e)
        {
            parts.Log.NotRenewed(e);
        }
        finally
        {
            Volatile.Write(ref _renewing, 0);
        }
    }
}
