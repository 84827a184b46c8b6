using Shouldly;
using SQLitePCL;

namespace ServerlessSync.Storage.Sqlite.Tests;

/// <summary>SQL on the file with SQLite alone, as somebody would run it who goes round the store.</summary>
static class FileSql
{
    /// <summary>The store finds the library for the whole process.</summary>
    static FileSql()
    {
        using var folder = new TempFolder();
        folder.Open().DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Runs statements, and answers how many rows the last one changed.</summary>
    public static int Run(string file, string sql)
    {
        using var connection = Open(file);
        raw.sqlite3_exec(connection, sql, out var error).ShouldBe(raw.SQLITE_OK, error);
        return raw.sqlite3_changes(connection);
    }

    /// <summary>The rows a query answers, each a line of its values.</summary>
    public static IReadOnlyList<string> Read(string file, string sql)
    {
        using var connection = Open(file);
        raw.sqlite3_prepare_v2(connection, sql, out var statement).ShouldBe(raw.SQLITE_OK, raw.sqlite3_errmsg(connection).utf8_to_string());
        using var rows = statement;
        var lines = new List<string>();
        while (raw.sqlite3_step(rows) == raw.SQLITE_ROW)
        {
            lines.Add(string.Join(' ', Enumerable.Range(0, raw.sqlite3_column_count(rows)).Select(i => raw.sqlite3_column_text(rows, i).utf8_to_string())));
        }

        return lines;
    }

    static sqlite3 Open(string file)
    {
        raw.sqlite3_open(file, out var connection).ShouldBe(raw.SQLITE_OK);
        raw.sqlite3_busy_timeout(connection, 30_000);
        return connection;
    }
}
