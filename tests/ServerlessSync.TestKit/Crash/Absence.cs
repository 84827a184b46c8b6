using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.TestKit.Crash;

/// <summary>Stores that are away from one moment to another, as the test says: every access fails in between, and the process lives on.</summary>
public sealed class Absence : Disruption
{
    volatile bool _isAway;

    /// <summary>Whether the stores are away now.</summary>
    public bool IsAway
    {
        get => _isAway;
        set => _isAway = value;
    }

    internal override ValueTask ReadAsync()
    {
        Demand();
        return default;
    }

    internal override Task<T> WriteAsync<T>(Func<Task<T>> write)
    {
        Demand();
        return write();
    }

    void Demand()
    {
        if (_isAway)
        {
            throw new StoreException(StoreFailure.Unavailable, "The store does not answer.");
        }
    }
}
