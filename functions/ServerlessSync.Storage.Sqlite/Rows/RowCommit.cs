namespace ServerlessSync.Storage.Sqlite;

/// <summary>One batch. Its conditions are checked before its first write, so that a conflict leaves nothing to undo in the group.</summary>
sealed class RowCommit(RowBatch batch) : WriteWork<CommitResult>
{
    public override int Size
    {
        get
        {
            var bytes = 0;
            for (var i = 0; i < batch.Writes.Count; i++)
            {
                bytes += batch.Writes[i].Body?.Length ?? 0;
            }

            return bytes;
        }
    }

    protected override CommitResult Write(WriteSession session)
    {
        if (batch.Writes is [{ Condition: not RowCondition.None } only] && (only.Body is not null || only.Condition == RowCondition.Match))
        {
            return WriteOne(session, only);
        }

        for (var i = 0; i < batch.Writes.Count; i++)
        {
            if (!Holds(session.Rows, batch.Writes[i]))
            {
                return CommitResult.Conflict(i);
            }
        }

        var etags = new string?[batch.Writes.Count];
        for (var i = 0; i < etags.Length; i++)
        {
            etags[i] = WriteAny(session, batch.Writes[i]);
        }

        return new(-1, etags);
    }

    /// <summary>A lone write carries its condition in its own statement, which spares the read.</summary>
    CommitResult WriteOne(WriteSession session, RowWrite write)
    {
        if (write.Body is null)
        {
            return session.Rows.DeleteMatch(batch, write) ? new(-1, [null]) : CommitResult.Conflict(0);
        }

        var version = session.NextNumber();
        var done = write.Condition == RowCondition.Absent
            ? session.Rows.Insert(batch, write, version)
            : session.Rows.Replace(batch, write, version);
        return done ? new(-1, [RowStatements.ETag(version)]) : CommitResult.Conflict(0);
    }

    bool Holds(RowStatements rows, RowWrite write) => write.Condition switch
    {
        RowCondition.Absent => rows.Find(batch, write) is null,
        RowCondition.Match => rows.Find(batch, write) is { } version && version == RowStatements.Version(write.ETag),
        _ => true,
    };

    string? WriteAny(WriteSession session, RowWrite write)
    {
        if (write.Body is null)
        {
            session.Rows.Delete(batch, write);
            return null;
        }

        var version = session.NextNumber();
        session.Rows.Put(batch, write, version);
        return RowStatements.ETag(version);
    }
}
