namespace ServerlessSync.Benchmarks.Reconciliation;

/// <summary>
/// The same comparison in the command line of SQLite, as fast as it was seen to go there: in memory, an index made after the load, a full outer join.
/// </summary>
static class SqliteContestant
{
    public static string Script(string folder, bool isSorted)
    {
        var columns = string.Join(',', DriftRow.Columns);
        return $"""
            pragma temp_store=memory;
            create table i (key,{columns});
            create table a (key,{columns});
            .mode csv
            .import '{DriftFiles.PathOf(folder, isTarget: false, isSorted)}' i
            .import '{DriftFiles.PathOf(folder, isTarget: true, isSorted)}' a
            create unique index ik on i(key);
            create unique index ak on a(key);
            .mode list
            select 'All ' || count(*) from i full outer join a on i.key = a.key
            where i.key is null or a.key is null or ({Of("i")}) is not ({Of("a")});
            .shell grep VmHWM /proc/$PPID/status
            """;
    }

    static string Of(string table) => string.Join(',', DriftRow.Columns.Select(column => $"{table}.{column}"));
}
