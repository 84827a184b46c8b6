using System.Buffers.Binary;
using System.Text;
using ServerlessSync.Mesh.Storage;
using SQLitePCL;

namespace ServerlessSync.EndToEnd.CommandLine;

/// <summary>A store's file changed with SQLite alone by somebody who knows it well: the checksums fit what he wrote.</summary>
static class TamperedFile
{
    const string Reseal = "UPDATE rows SET seal = reseal(tbl, pk, rk, version, body) WHERE seal <> reseal(tbl, pk, rk, version, body)";

    /// <summary>Runs SQL on the closed file, and answers how many rows it changed.</summary>
    public static int Change(string file, string sql)
    {
        raw.sqlite3_open(file, out var connection).ShouldBe(raw.SQLITE_OK);
        using (connection)
        {
            raw.sqlite3_exec(connection, sql).ShouldBe(raw.SQLITE_OK);
            var changed = raw.sqlite3_changes(connection);
            raw.sqlite3_create_function(connection, "reseal", 5, null, (context, _, values) => raw.sqlite3_result_int64(context, SealOf(values)));
            raw.sqlite3_exec(connection, Reseal).ShouldBe(raw.SQLITE_OK);
            return changed;
        }
    }

    static uint SealOf(sqlite3_value[] row)
    {
        var version = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(version, raw.sqlite3_value_int64(row[3]));
        return RowChecksum.Of(RowChecksum.Of(Text(row[0]), Text(row[1]), Text(row[2]), raw.sqlite3_value_blob(row[4])), version);
    }

    static string Text(sqlite3_value value) => Encoding.UTF8.GetString(raw.sqlite3_value_blob(value));
}
