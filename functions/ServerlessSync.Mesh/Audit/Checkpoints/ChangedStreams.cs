namespace ServerlessSync.Mesh.Audit;

/// <summary>
/// Which streams grew since the last checkpoint, as far as this process knows. Bounded: past <see cref="Most"/> it only says that it has lost
/// count, and every head is looked at instead.
/// </summary>
public sealed class ChangedStreams
{
    /// <summary>Streams it remembers.</summary>
    public const int Most = 100_000;

    readonly Lock _gate = new();
    HashSet<(string Table, string Stream)> _streams = [];
    bool _lostCount;

    /// <summary>Notes that a stream grew, or may have.</summary>
    public void Add(string table, string stream)
    {
        lock (_gate)
        {
            if (_lostCount)
            {
                return;
            }

            _streams.Add((table, stream));
            if (_streams.Count > Most)
            {
                (_lostCount, _streams) = (true, []);
            }
        }
    }

    /// <summary>Takes what was noted; null when it has lost count. What is noted from now on is for the next to take.</summary>
    public IReadOnlyCollection<(string Table, string Stream)>? Take()
    {
        lock (_gate)
        {
            var taken = _lostCount ? null : _streams;
            (_lostCount, _streams) = (false, []);
            return taken;
        }
    }
}
