namespace ServerlessSync.Storage.Sqlite;

/// <summary>
/// One open SQLite file: one writer that commits in groups, a few readers. Shared by <see cref="SqliteRowStore"/> and
/// <see cref="SqliteWorkflowHistory"/>; disposing it stores what was taken, empties the log into the file and closes.
/// </summary>
/// <remarks>
/// The file is in WAL mode with synchronous=FULL: an answered write has been through fsync. A process killed at any moment loses
/// nothing it answered; the next open recovers by itself.
/// </remarks>
public sealed class SqliteDatabase : IAsyncDisposable
{
    /// <summary>Keeps the pages between the root and the busy leaves in the writer's memory.</summary>
    const int WriterCacheKiB = 32 * 1024;

    readonly GroupWriter _writer;
    readonly Checkpointer _checkpointer;
    int _disposed;

    SqliteDatabase(string path, SqliteConnection writer, Checkpointer checkpointer, ReaderPool readers)
    {
        Path = path;
        _checkpointer = checkpointer;
        _writer = new(writer, checkpointer);
        Readers = readers;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    internal ReaderPool Readers { get; }

    /// <summary>Opens the file, creates it when absent, and checks it.</summary>
    /// <exception cref="StoreException">The file is damaged, not ours or cannot be opened; the message names it and says what to do.</exception>
    public static SqliteDatabase Open(SqliteOptions options)
    {
        var path = System.IO.Path.GetFullPath(options.Path);
        CreateFile(path);
        var opened = new List<SqliteConnection>();
        try
        {
            var writer = Connect();
            if (options.MaxBytes is { } most)
            {
                writer.Execute($"PRAGMA max_page_count = {Math.Max(1, most / writer.ReadNumber("PRAGMA page_size"))}");
            }

            SqliteSchema.CreateOrCheck(writer);
            SqliteSchema.CheckContent(writer);
            writer.Execute($"PRAGMA cache_size = -{WriterCacheKiB}");
            var readers = new ReaderPool([.. Enumerable.Range(0, Math.Max(1, options.Readers)).Select(_ => new ReadSession(Connect()))]);
            return new(path, writer, new(Connect()), readers);
        }
        catch
        {
            opened.ForEach(connection => connection.Dispose());
            throw;
        }

        SqliteConnection Connect()
        {
            var connection = SqliteConnection.Open(path);
            opened.Add(connection);
            return connection;
        }
    }

    /// <summary>
    /// The same, and waits as long as another process is in the middle of a write: a host that was stopped there holds the file until it
    /// goes on or is ended.
    /// </summary>
    /// <param name="options">How to open it.</param>
    /// <param name="waiting">Called with the reason each time the file was found busy for some seconds.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<SqliteDatabase> OpenWhenFreeAsync(SqliteOptions options, Action<string> waiting, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await Task.Run(() => Open(options), cancellationToken);
            }
            catch (FileBusyException e)
            {
                waiting(e.Message);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await Task.Factory.StartNew(_writer.Stop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await Readers.DisposeAsync();
            _checkpointer.Dispose();
        }
    }

    internal ValueTask<T> SubmitAsync<T>(WriteWork<T> work, CancellationToken cancellationToken) => _writer.SubmitAsync(work, cancellationToken);

    static void CreateFile(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                StoreFile.Create(path).Dispose();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && !File.Exists(path))
        {
            throw new StoreException(StoreFailure.Unavailable, $"'{path}' cannot be created: {e.Message}", e);
        }
    }
}
