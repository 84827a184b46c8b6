using System.Text;

namespace ServerlessSync.Storage.Tables.Client;

/// <summary>Keys as they stand in addresses and filters.</summary>
static class TableAddress
{
    /// <summary><c>(PartitionKey='p',RowKey='r')</c>, encoded.</summary>
    public static string Entity(string partition, string key) => $"(PartitionKey='{Escaped(partition)}',RowKey='{Escaped(key)}')";

    /// <summary>The text as a literal of a filter, not yet encoded.</summary>
    public static string Literal(string text) => $"'{Doubled(text)}'";

    /// <summary>Appends text that holds ASCII and nothing to escape, or is escaped.</summary>
    public static void Append(PooledBuffer buffer, string text) =>
        buffer.Advance(Encoding.UTF8.GetBytes(text, buffer.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));

    static string Escaped(string key) => Uri.EscapeDataString(Doubled(key));

    static string Doubled(string text) => text.Contains('\'', StringComparison.Ordinal) ? text.Replace("'", "''", StringComparison.Ordinal) : text;
}
