namespace ServerlessSync.Storage.Sqlite;

/// <summary>
/// Takes the lease when nobody holds it, when its holder is dead, or when it still stands where the watcher has seen it stand for one
/// lease time. Answers the lease as it is after that.
/// </summary>
sealed class TakeLease(HistoryOwner owner, Lease? stale) : WriteWork<(bool Taken, Lease Lease)>
{
    public override int Size => 0;

    protected override (bool Taken, Lease Lease) Write(WriteSession session)
    {
        var lease = session.History.Lease;
        if (lease.Holder is { } holder && lease != stale && !ProcessIdentity.IsDead(holder, owner.Machine))
        {
            return (false, lease);
        }

        var taken = new Lease(lease.Epoch + 1, lease.Version + 1, owner);
        session.History.Lease = taken;
        return (true, taken);
    }
}
