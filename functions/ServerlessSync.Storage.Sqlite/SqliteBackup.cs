using System.Globalization;

namespace ServerlessSync.Storage.Sqlite;

/// <summary>Copies the file of a store while hosts work on it, and puts a copy back.</summary>
public static class SqliteBackup
{
    /// <summary>
    /// Writes a copy of everything that was acknowledged before the call, checks it and makes it durable before it gets its name. Reads the
    /// store at one moment and stops no writer; the store's log is not emptied meanwhile.
    /// See <see href="https://www.sqlite.org/lang_vacuum.html#vacuuminto"/>.
    /// </summary>
    /// <param name="database">The store's file; it exists.</param>
    /// <param name="file">The copy; it must not exist.</param>
    /// <exception cref="IOException">The copy exists already or cannot be written.</exception>
    /// <exception cref="StoreException">The store or the copy is damaged beyond single rows, of a later schema, or cannot be read or written.</exception>
    public static SqliteContent Write(string database, string file)
    {
        var path = Path.GetFullPath(file);
        RefuseExisting(path);
        return WithPartial(path, partial =>
        {
            StoreFile.Create(partial).Dispose();
            using (var source = SqliteConnection.Open(Path.GetFullPath(database)))
            {
                SqliteSchema.ReadVersion(source);
                source.Prepare("VACUUM INTO ?1").Bind(1, partial).Run();
            }

            using var copy = SqliteConnection.Open(partial);
            return SqliteContent.Read(copy);
        });
    }

    /// <summary>Puts a copy in the place of a store that is not there, after it was checked, with its lease given up.</summary>
    /// <param name="file">The copy, with the log beside it if it has one.</param>
    /// <param name="database">The store's file to be; neither it nor a log of it may exist.</param>
    /// <exception cref="IOException">The copy cannot be read, or a store is there.</exception>
    /// <exception cref="StoreException">The copy is damaged beyond single rows, another program's or of a later schema.</exception>
    public static SqliteContent Restore(string file, string database)
    {
        var path = Path.GetFullPath(database);
        RefuseExisting(path);
        RefuseExisting(Log(path));
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"'{file}' does not exist.");
        }

        return WithPartial(path, partial =>
        {
            CopyFile(Path.GetFullPath(file), partial);
            if (File.Exists(Log(file)))
            {
                CopyFile(Log(file), Log(partial));
            }

            using var copy = SqliteConnection.Open(partial);
            var content = SqliteContent.Read(copy);
            LeaseHolder.Clear(copy);
            return content;
        });
    }

    /// <summary>Who is at work on a store: the process that holds its lease, unless it is known to be dead; null when nobody is.</summary>
    /// <exception cref="StoreException">The file is not ours or cannot be read.</exception>
    public static HistoryOwner? FindHost(string database)
    {
        using var connection = SqliteConnection.Open(Path.GetFullPath(database));
        SqliteSchema.ReadVersion(connection);
        return LeaseHolder.Of(connection) is { } holder && !ProcessIdentity.IsDead(holder, Environment.MachineName) ? holder : null;
    }

    static string Log(string path) => path + "-wal";

    static void RefuseExisting(string path)
    {
        if (File.Exists(path))
        {
            throw new IOException($"'{path}' exists and is not written over.");
        }
    }

    /// <summary>Makes a file under another name, which is gone if that fails, and gives it its own in the end.</summary>
    static SqliteContent WithPartial(string path, Func<string, SqliteContent> make)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var partial = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}.partial");
        try
        {
            var content = make(partial);
            StoreFile.Publish(partial, path);
            return content;
        }
        finally
        {
            foreach (var left in (string[])[partial, Log(partial), partial + "-shm"])
            {
                File.Delete(left);
            }
        }
    }

    static void CopyFile(string from, string to)
    {
        using var source = File.OpenRead(from);
        using var target = StoreFile.Create(to);
        source.CopyTo(target);
    }
}
