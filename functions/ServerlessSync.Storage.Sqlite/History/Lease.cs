namespace ServerlessSync.Storage.Sqlite;

/// <summary>The lease as stored. The epoch rises with every owner, the version with every sign of life; no holder: it was given up.</summary>
readonly record struct Lease(long Epoch, long Version, HistoryOwner? Holder);
