namespace ServerlessSync.Storage.Sqlite;

/// <summary>Ends of ranges as SQLite can compare them.</summary>
static class RowBounds
{
    /// <summary>
    /// An end of a range may hold surrogates, which no key does and which UTF-8 cannot carry alone. Every key compares to such an end as
    /// to the text before the surrogate followed by the first unit after all surrogates.
    /// </summary>
    public static string Comparable(string bound)
    {
        var at = bound.AsSpan().IndexOfAnyInRange('\ud800', '\udfff');
        return at < 0 ? bound : string.Concat(bound.AsSpan(0, at), "\ue000");
    }

    /// <summary>The first text after this one in ordinal order.</summary>
    public static string After(string key) => key + '\0';
}
