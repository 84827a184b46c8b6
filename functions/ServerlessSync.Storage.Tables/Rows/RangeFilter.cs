using ServerlessSync.Storage.Tables.Client;

namespace ServerlessSync.Storage.Tables.Rows;

/// <summary>Ranges of keys as filters.</summary>
static class RangeFilter
{
    public static string Query(string partition, KeyRange keys) => $"PartitionKey eq {TableAddress.Literal(partition)}{And("RowKey", keys, " and ")}";

    public static string Scan(KeyRange partitions) => And("PartitionKey", partitions, string.Empty);

    /// <summary>With four ranges of keys this stays below the 15 comparisons a filter may have.</summary>
    public static string Scan(KeyRange partitions, IReadOnlyList<KeyRange> keys)
    {
        var among = keys.Select(range => And("RowKey", range, string.Empty)).ToList();
        var scan = Scan(partitions);
        return among.Contains(string.Empty) ? scan : $"{scan}{(scan.Length > 0 ? " and " : string.Empty)}(({string.Join(") or (", among)}))";
    }

    static string And(string property, KeyRange range, string before)
    {
        var from = Comparable(range.From);
        var lower = from.Length == 0 ? string.Empty : $"{before}{property} ge {TableAddress.Literal(from)}";
        return range.Before is null
            ? lower
            : $"{lower}{(lower.Length > 0 ? " and " : before)}{property} lt {TableAddress.Literal(Comparable(range.Before))}";
    }

    /// <summary>
    /// An end of a range may hold characters no key does. Every key compares to such an end as to the text before the first of them, followed
    /// by the next character a key may hold.
    /// </summary>
    static string Comparable(string bound)
    {
        if (StoreLimits.IsKey(bound))
        {
            return bound;
        }

        for (var at = 0; at < bound.Length; at++)
        {
            var next = bound[at];
            while (!StoreLimits.IsKey(next.ToString()))
            {
                next++;
            }

            if (next != bound[at])
            {
                return string.Concat(bound.AsSpan(0, at), [next]);
            }
        }

        return bound;
    }
}
