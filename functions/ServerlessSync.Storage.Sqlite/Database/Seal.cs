using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using SQLitePCL;

namespace ServerlessSync.Storage.Sqlite;

/// <summary>
/// The checksums of the file's rows. A row of the mesh is sealed by <see cref="RowChecksum"/> and its version; a row of the history by its
/// values one after the other, as SQLite keeps them: text in UTF-8, numbers in eight bytes. The same is known to SQL as <c>seal_row</c>
/// and <c>seal</c> on a connection that was taught it.
/// </summary>
static class Seal
{
    const int StackBytes = 512;

    /// <summary>Stands for null; no UTF-8 text holds this byte.</summary>
    const byte Null = 0xFF;

    /// <summary>A row of the mesh.</summary>
    public static uint OfRow(RowAddress at, long version, ReadOnlySpan<byte> body) =>
        With(RowChecksum.Of(at.Table, at.Partition, at.Key, body), version);

    /// <summary>Events or a message of a run, at their place.</summary>
    public static uint OfPart(long inst, long number, ReadOnlySpan<byte> body) => RowChecksum.Of(With(With(0, inst), number), body);

    public static uint With(uint seal, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return RowChecksum.Of(seal, bytes);
    }

    public static uint With(uint seal, string? text)
    {
        if (text is null)
        {
            return WithNull(seal);
        }

        byte[]? rented = null;
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var buffer = most <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(most);
        var sealedText = RowChecksum.Of(seal, buffer[..Encoding.UTF8.GetBytes(text, buffer)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }

        return sealedText;
    }

    public static uint WithBytes(uint seal, byte[]? bytes) => bytes is null ? WithNull(seal) : RowChecksum.Of(seal, bytes);

    public static uint WithNull(uint seal) => RowChecksum.Of(seal, [Null]);

    /// <summary>Teaches a connection both functions, for work over whole tables.</summary>
    public static void Teach(sqlite3 db)
    {
        raw.sqlite3_create_function(db, "seal", -1, null, static (context, _, values) =>
            raw.sqlite3_result_int64(context, values.Aggregate(0u, With)));
        raw.sqlite3_create_function(db, "seal_row", 5, null, static (context, _, values) => raw.sqlite3_result_int64(context, OfRow(values)));
    }

    /// <summary>A key that is no text any more has no seal: nobody who asks for a row finds it.</summary>
    static long OfRow(sqlite3_value[] row)
    {
        var at = new RowAddress(Text(row[0]), Text(row[1]), Text(row[2]));
        return row.Take(3).All(key => raw.sqlite3_value_type(key) == raw.SQLITE_TEXT)
            ? OfRow(at, raw.sqlite3_value_int64(row[3]), raw.sqlite3_value_blob(row[4]))
            : -1;
    }

    static uint With(uint seal, sqlite3_value value) => raw.sqlite3_value_type(value) switch
    {
        raw.SQLITE_NULL => WithNull(seal),
        raw.SQLITE_INTEGER => With(seal, raw.sqlite3_value_int64(value)),
        _ => RowChecksum.Of(seal, raw.sqlite3_value_blob(value)),
    };

    static string Text(sqlite3_value value) => Encoding.UTF8.GetString(raw.sqlite3_value_blob(value));
}
