using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Storage.Sqlite.Tests;

/// <summary>The contract of a row store as a dictionary.</summary>
sealed class RowModel
{
    readonly Dictionary<(string Partition, string Key), (string ETag, int Size)> _rows = [];

    public static string Show(string partition, string key, string etag, int size) => $"{partition}/{key} {etag} {size}";

    public string ETag(string partition, string key, bool current) =>
        current && _rows.TryGetValue((partition, key), out var row) ? row.ETag : "7777777777";

    /// <summary>Where the first condition fails, or -1 after taking over the writes with the ETags the store gave.</summary>
    public int Commit(string partition, RowWrite[] writes, IReadOnlyList<string?> etags)
    {
        for (var i = 0; i < writes.Length; i++)
        {
            var exists = _rows.TryGetValue((partition, writes[i].Key), out var row);
            if ((writes[i].Condition == RowCondition.Absent && exists) || (writes[i].Condition == RowCondition.Match && !(exists && row.ETag == writes[i].ETag)))
            {
                return i;
            }
        }

        for (var i = 0; i < writes.Length && i < etags.Count; i++)
        {
            if (writes[i].Body is { } body)
            {
                _rows[(partition, writes[i].Key)] = (etags[i] ?? "none", body.Length);
            }
            else
            {
                _rows.Remove((partition, writes[i].Key));
            }
        }

        return -1;
    }

    public IEnumerable<string> Rows() => _rows
        .OrderBy(row => row.Key.Partition, StringComparer.Ordinal)
        .ThenBy(row => row.Key.Key, StringComparer.Ordinal)
        .Select(row => Show(row.Key.Partition, row.Key.Key, row.Value.ETag, row.Value.Size));
}
