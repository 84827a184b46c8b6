using System.Runtime.CompilerServices;
using ServerlessSync.Mesh.Audit;

namespace ServerlessSync.TestKit.Audit;

/// <summary>An anchor in memory that can be out of order, and that a test may write to as an intruder would.</summary>
public sealed class MemoryAnchor : IAnchor
{
    readonly Lock _gate = new();
    List<Checkpoint?> _lines = [];

    /// <summary>Whether it can neither be read nor written.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Whether it can be read and not written.</summary>
    public bool IsFull { get; set; }

    /// <summary>Called before a checkpoint is added.</summary>
    public Action? BeforeAppend { get; set; }

    /// <summary>Its lines; null for one that holds no checkpoint.</summary>
    public IReadOnlyList<Checkpoint?> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
        set
        {
            lock (_gate)
            {
                _lines = [.. value];
            }
        }
    }

    public Task<Checkpoint?> ReadLastAsync(CancellationToken cancellationToken)
    {
        Demand();
        return Task.FromResult(Lines.Count == 0 ? null : Lines[^1]);
    }

    public async IAsyncEnumerable<AnchorLine> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Demand();
        // Grows while it is read, as a file does.
        for (var i = 0; i < Lines.Count; i++)
        {
            yield return new AnchorLine(i + 1, Lines[i]);
        }

        await Task.CompletedTask;
    }

    public Task AppendAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        Demand();
        BeforeAppend?.Invoke();
        if (IsFull)
        {
            throw new IOException("The anchor is full.");
        }

        lock (_gate)
        {
            if (_lines.Count < checkpoint.Number)
            {
                _lines.Add(checkpoint.Number == _lines.Count + 1 ? checkpoint : throw new IOException($"Checkpoint {checkpoint.Number} is not the next one."));
            }
        }

        return Task.CompletedTask;
    }

    void Demand()
    {
        if (IsBroken)
        {
            throw new IOException("The anchor is out of order.");
        }
    }
}
