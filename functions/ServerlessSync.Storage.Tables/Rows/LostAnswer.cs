namespace ServerlessSync.Storage.Tables.Rows;

/// <summary>What reading one row tells about a commit whose first answer was lost.</summary>
enum Verdict
{
    /// <summary>Nothing for certain.</summary>
    Unknown,

    /// <summary>It happened.</summary>
    Committed,

    /// <summary>It did not happen.</summary>
    NotCommitted,
}

/// <summary>Settles commits whose first answer was lost.</summary>
static class LostAnswer
{
    /// <summary>What one row of the batch, as it is now, tells about the commit.</summary>
    public static Verdict Judge(RowWrite write, string operation, Row? row)
    {
        if (row is null)
        {
            return Verdict.Unknown;
        }

        var now = RowETag.Parse(row.ETag);
        if (write.Body is not null && OperationChain.Contains(now.Operations, operation))
        {
            return Verdict.Committed;
        }

        return write.Condition switch
        {
            RowCondition.Match when Follows(now, RowETag.Parse(write.ETag)) => Verdict.NotCommitted,
            RowCondition.Absent when OperationChain.IsWhole(now.Operations) => Verdict.NotCommitted,
            _ => Verdict.Unknown,
        };
    }

    /// <summary>True when the row still has the version read, or its chain goes back to it without our operation in between.</summary>
    static bool Follows(RowETag now, RowETag read) =>
        now.Service == read.Service || (OperationChain.Newest(read.Operations) is { } newest && OperationChain.Contains(now.Operations, newest));
}
