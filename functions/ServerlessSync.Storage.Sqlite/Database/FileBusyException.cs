namespace ServerlessSync.Storage.Sqlite;

/// <summary>Another process was in the middle of a write for longer than a write takes.</summary>
sealed class FileBusyException(string message) : StoreException(StoreFailure.Unavailable, message)
{
    /// <summary>Whether the failure, or what it tells of, is this one.</summary>
    public static bool IsIn(StoreException failure) => failure is FileBusyException || failure.InnerException is FileBusyException;
}
