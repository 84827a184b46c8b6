using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Sqlite;

namespace ServerlessSync.LocalHost;

/// <summary>Opens the file of the workflow history.</summary>
static class LocalHistory
{
    /// <summary>Opens the file and creates it when absent; waits, and says so, while another process is in the middle of a write.</summary>
    /// <exception cref="StoreException">It cannot be opened; the message says what to do.</exception>
    public static Task<SqliteDatabase> OpenAsync(StoreSettings settings, TextWriter notes, CancellationToken cancellationToken) =>
        SqliteDatabase.OpenWhenFreeAsync(
            new SqliteOptions(settings.Database), reason => notes.WriteLine($"serverlesssync: waiting: {reason}"), cancellationToken);
}
