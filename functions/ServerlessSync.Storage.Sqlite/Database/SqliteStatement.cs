using System.Buffers;
using System.Text;
using SQLitePCL;

namespace ServerlessSync.Storage.Sqlite;

/// <summary>A compiled statement: bind, step, read, reset. Parameters and columns are counted as SQLite does, from 1 and from 0.</summary>
sealed class SqliteStatement(SqliteConnection connection, sqlite3_stmt handle) : IDisposable
{
    const int StackBytes = 512;

    public SqliteStatement Bind(int at, long value)
    {
        connection.Require(raw.sqlite3_bind_int64(handle, at, value), raw.SQLITE_OK);
        return this;
    }

    public SqliteStatement BindNull(int at)
    {
        connection.Require(raw.sqlite3_bind_null(handle, at), raw.SQLITE_OK);
        return this;
    }

    public SqliteStatement Bind(int at, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            if (value is not null)
            {
                connection.Require(raw.sqlite3_bind_text(handle, at, string.Empty), raw.SQLITE_OK);
                return this;
            }

            return BindNull(at);
        }

        byte[]? rented = null;
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        var buffer = most <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(most);
        var length = Encoding.UTF8.GetBytes(value, buffer);
        var answer = raw.sqlite3_bind_text(handle, at, buffer[..length]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }

        connection.Require(answer, raw.SQLITE_OK);
        return this;
    }

    public SqliteStatement Bind(int at, ReadOnlySpan<byte> value)
    {
        // An empty span has no address, and SQLite would take that for null.
        var code = value.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, at, 0) : raw.sqlite3_bind_blob(handle, at, value);
        connection.Require(code, raw.SQLITE_OK);
        return this;
    }

    /// <summary>Goes to the next row; at the end resets itself and answers false.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        // The code is read before the reset, which repeats it.
        try
        {
            connection.Require(code, raw.SQLITE_DONE);
        }
        finally
        {
            Reset();
        }

        return false;
    }

    /// <summary>Runs a statement that has no rows and answers how many rows it changed.</summary>
    public int Run()
    {
        Step();
        return connection.Changes;
    }

    public void Reset() => raw.sqlite3_reset(handle);

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Number(int column) => raw.sqlite3_column_int64(handle, column);

    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(handle, column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public byte[] Bytes(int column) => Blob(column).ToArray();

    /// <summary>The bytes of a value; they stand until the next step or reset.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);

    /// <summary>Goes on from a seal with the values of some columns in their order.</summary>
    public uint SealWith(uint seal, int first, int count)
    {
        for (var column = first; column < first + count; column++)
        {
            seal = raw.sqlite3_column_type(handle, column) switch
            {
                raw.SQLITE_NULL => Seal.WithNull(seal),
                raw.SQLITE_INTEGER => Seal.With(seal, Number(column)),
                _ => RowChecksum.Of(seal, Blob(column)),
            };
        }

        return seal;
    }

    public void Dispose() => handle.Dispose();
}
