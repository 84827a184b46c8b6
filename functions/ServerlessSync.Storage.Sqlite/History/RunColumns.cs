using System.Text.Json;

namespace ServerlessSync.Storage.Sqlite;

/// <summary>How the row of a run is read and proved: first the columns of its state, then, where they are wanted, its contents.</summary>
static class RunColumns
{
    public const string State = $"{SqliteTables.State}, inst, seal";
    public const string Content = $"{SqliteTables.Content}, content_seal";
    public const string Filter = "FROM instances WHERE id >= ?1 AND id < ?2 AND created >= ?3 AND created <= ?4 AND (?5 >> status) & 1 ORDER BY id";

    const int StateColumns = 9;
    const int InstAt = StateColumns;
    const int SealAt = StateColumns + 1;
    const int ContentAt = StateColumns + 2;
    const int ContentColumns = 4;

    /// <summary>Whether the row is as it was written.</summary>
    public static bool IsSound(SqliteStatement row, bool whole) =>
        row.Number(SealAt) == row.SealWith(0, 0, StateColumns)
        && (!whole || row.Number(ContentAt + ContentColumns) == row.SealWith(0, ContentAt, ContentColumns));

    /// <summary>The run; its contents are null where they are not wanted.</summary>
    public static WorkflowInstance Read(SqliteStatement row, bool whole) => new()
    {
        InstanceId = row.Text(0),
        Name = row.Text(1),
        Version = row.Text(2),
        Status = Status(row),
        CreatedAt = new(row.Number(4), TimeSpan.Zero),
        LastUpdatedAt = new(row.Number(5), TimeSpan.Zero),
        Failure = row.IsNull(6) ? null : JsonSerializer.Deserialize<WorkflowFailure>(row.Blob(6), MeshJson.Options),
        CustomStatus = whole ? row.TextOrNull(ContentAt + 1) : null,
        Output = whole ? row.TextOrNull(ContentAt + 2) : null,
        Input = whole ? row.TextOrNull(ContentAt + 3) : null,
    };

    public static WorkflowStatus Status(SqliteStatement row) => (WorkflowStatus)row.Number(3);

    public static int Events(SqliteStatement row) => (int)row.Number(7);

    public static string? Parent(SqliteStatement row) => row.TextOrNull(8);

    public static long Inst(SqliteStatement row) => row.Number(InstAt);

    /// <summary>The seal of a run's state but for its parent, in the order of <see cref="SqliteTables.State"/>.</summary>
    public static uint SealState(WorkflowInstance run, byte[]? failure, int events)
    {
        var seal = Seal.With(Seal.With(Seal.With(0, run.InstanceId), run.Name), run.Version);
        seal = Seal.With(Seal.With(Seal.With(seal, (long)run.Status), run.CreatedAt.UtcTicks), run.LastUpdatedAt.UtcTicks);
        return Seal.With(Seal.WithBytes(seal, failure), events);
    }

    /// <summary>The seal of a run's contents, in the order of <see cref="SqliteTables.Content"/>.</summary>
    public static uint SealContent(WorkflowInstance run) =>
        Seal.With(Seal.With(Seal.With(Seal.With(0, run.InstanceId), run.CustomStatus), run.Output), run.Input);

    /// <summary>What callers are told of a run they cannot have.</summary>
    public static StoreException Damaged(string instanceId, string what, Exception? cause = null) =>
        new(StoreFailure.Corrupt, $"Run '{instanceId}' is damaged: the checksum of {what} does not fit.", cause);
}
