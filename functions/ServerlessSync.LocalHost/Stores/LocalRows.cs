using ServerlessSync.Hosting;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Sqlite;

namespace ServerlessSync.LocalHost;

/// <summary>The opened rows of the mesh: registry, inbox, lanes, audit and exceptions.</summary>
sealed class LocalRows : IAsyncDisposable
{
    readonly object? _owned;

    LocalRows(IRowStore rows, object? owned) => (Store, _owned) = (rows, owned);

    /// <summary>The rows.</summary>
    public IRowStore Store { get; }

    /// <summary>The rows beside the workflow history of a host.</summary>
    /// <param name="settings">Where they lie.</param>
    /// <param name="history">The file of the history; whoever opened it closes it.</param>
    /// <exception cref="FormatException">The account of Table storage is not told, or not well.</exception>
    public static LocalRows Beside(SqliteDatabase history, StoreSettings settings) =>
        settings.Kind == StoreKind.Tables ? OpenTables(settings) : new LocalRows(new SqliteRowStore(history), null);

    /// <summary>The rows alone, for a command that works on what is there; null, with a line of explanation, when nothing is.</summary>
    /// <exception cref="StoreException">They cannot be opened; the message says what to do.</exception>
    /// <exception cref="FormatException">The account of Table storage is not told, or not well.</exception>
    public static async Task<LocalRows?> OpenExistingAsync(StoreSettings settings, TextWriter errors, CancellationToken cancellationToken)
    {
        if (settings.Kind == StoreKind.Tables)
        {
            return OpenTables(settings);
        }

        if (!File.Exists(settings.Database))
        {
            await errors.WriteLineAsync($"serverlesssync: there is no store at {settings.Database}");
            return null;
        }

        var database = await LocalHistory.OpenAsync(settings, errors, cancellationToken);
        return new LocalRows(new SqliteRowStore(database), database);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Disposal.OfAsync(_owned);

    static LocalRows OpenTables(StoreSettings settings)
    {
        var account = EnvironmentSecrets.Resolve(settings.Tables) ?? throw new FormatException($"--tables: {settings.Tables} is not set");
        try
        {
            var store = TablesAccount.Open(account);
            return new LocalRows(store, store);
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"--tables: {e.Message}", e);
        }
    }
}
