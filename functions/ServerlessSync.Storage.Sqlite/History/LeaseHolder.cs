namespace ServerlessSync.Storage.Sqlite;

/// <summary>The lease as those see it who only look: the same in every schema.</summary>
static class LeaseHolder
{
    /// <summary>Who holds the lease, or held it when he died; null when it was given up.</summary>
    public static HistoryOwner? Of(SqliteConnection connection)
    {
        var machine = connection.ReadText("SELECT ifnull(machine, '') FROM lease");
        return machine.Length == 0
            ? null
            : new(machine, (int)connection.ReadNumber("SELECT pid FROM lease"), connection.ReadNumber("SELECT start FROM lease"));
    }

    /// <summary>Gives the lease up for whoever held it.</summary>
    public static void Clear(SqliteConnection connection) =>
        connection.Execute("UPDATE lease SET version = version + 1, machine = NULL, pid = 0, start = 0");
}
