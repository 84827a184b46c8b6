namespace ServerlessSync.EndToEnd.Reconciliation.Real;

/// <summary>What hosts, one after the other, asked the SCIM server for, and the place at which one of them is kept waiting.</summary>
sealed class WatchedRequests
{
    const string Users = " /scim/v2/Users";

    readonly Lock _gate = new();
    readonly List<(int Host, string Line)> _seen = [];
    Func<string, bool> _held = _ => false;
    int _from;
    TaskCompletionSource _reached = new();
    TaskCompletionSource _released = new();

    /// <summary>The host that asks from now on.</summary>
    public int Host { get; set; }

    /// <summary>Whether a request is for a page of the list of users.</summary>
    public static bool IsPage(string line) => line.Contains(Users + "?", StringComparison.Ordinal) && !line.Contains("filter=", StringComparison.Ordinal);

    /// <summary>Whether a request is for one user by its id.</summary>
    public static bool IsUser(string line) => line.Contains(Users + "/", StringComparison.Ordinal);

    /// <summary>The requests of a kind so far, with the host that made each.</summary>
    public IReadOnlyList<(int Host, string Line)> Seen(Func<string, bool> which)
    {
        lock (_gate)
        {
            return [.. _seen.Where(s => which(s.Line))];
        }
    }

    /// <summary>Keeps requests of a kind waiting from one on, counted from 1; the answer ends when it has come.</summary>
    public Task HoldAsync(Func<string, bool> which, int number)
    {
        lock (_gate)
        {
            (_held, _from) = (which, number);
            (_reached, _released) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return _reached.Task;
        }
    }

    /// <summary>Lets everything through.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _held = _ => false;
            _released.SetResult();
        }
    }

    /// <summary>Notes a request; the answer ends when it may go on.</summary>
    public Task PassAsync(string line)
    {
        lock (_gate)
        {
            _seen.Add((Host, line));
            if (!_held(line) || _seen.Count(s => _held(s.Line)) < _from)
            {
                return Task.CompletedTask;
            }

            _reached.TrySetResult();
            return _released.Task;
        }
    }
}
