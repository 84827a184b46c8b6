namespace ServerlessSync.Storage.Sqlite;

/// <summary>How a database file is opened.</summary>
/// <param name="Path">The file; created, with its folder, when absent, readable by its owner only.</param>
public sealed record SqliteOptions(string Path)
{
    /// <summary>The most bytes the file may grow to; past it writes fail with <see cref="StoreFailure.CannotPersist"/>.</summary>
    /// <value>null: as large as the disk allows</value>
    public long? MaxBytes { get; init; }

    /// <summary>Connections that read at the same time, at least 1.</summary>
    /// <value>4</value>
    public int Readers { get; init; } = 4;
}
