using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Sqlite;

namespace ServerlessSync.LocalHost;

/// <summary>The opened store: the rows of the mesh, and the file of the workflow history.</summary>
sealed class LocalStore : IAsyncDisposable
{
    LocalStore(SqliteDatabase database, IRowStore rows) => (Database, Rows) = (database, rows);

    /// <summary>The file of the workflow history.</summary>
    public SqliteDatabase Database { get; }

    /// <summary>Registry, inbox, lanes, audit and exceptions.</summary>
    public IRowStore Rows { get; }

    /// <summary>Opens the store and creates what is absent; waits, and says so, while another process is in the middle of a write.</summary>
    /// <exception cref="StoreException">It cannot be opened; the message says what to do.</exception>
    public static async Task<LocalStore> OpenAsync(StoreSettings settings, TextWriter notes, CancellationToken cancellationToken)
    {
        var database = await SqliteDatabase.OpenWhenFreeAsync(
            new SqliteOptions(settings.Database), reason => notes.WriteLine($"serverlesssync: waiting: {reason}"), cancellationToken);
        return new LocalStore(database, new SqliteRowStore(database));
    }

    /// <summary>Opens the store for a command that works on what is there; null, with a line of explanation, when nothing is.</summary>
    public static async Task<LocalStore?> OpenExistingAsync(StoreSettings settings, TextWriter errors, CancellationToken cancellationToken)
    {
        if (!File.Exists(settings.Database))
        {
            await errors.WriteLineAsync($"serverlesssync: there is no store at {settings.Database}");
            return null;
        }

        return await OpenAsync(settings, errors, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
