using System.Text;

namespace ServerlessSync.Storage.Tables.Client;

/// <summary>
/// An entity group transaction on the wire
/// (<see href="https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions"/>). Its limits are held here, because
/// the emulator lets some of them pass.
/// </summary>
static class TableTransaction
{
    public const string ContentType = "multipart/mixed; boundary=batch_serverlesssync";
    const int MostActions = 100;
    const int MostBytes = 4 * 1024 * 1024;

    /// <summary>The body of the request.</summary>
    /// <exception cref="ArgumentException">The actions do not fit one transaction.</exception>
    public static PooledBuffer Write(string tableAddress, IReadOnlyList<TableTransactionAction> actions)
    {
        Check(actions);
        var buffer = new PooledBuffer(actions.Sum(action => TableEntityWriter.Estimate(action.Entity)));
        Append(buffer, "--batch_serverlesssync\r\nContent-Type: multipart/mixed; boundary=changeset_serverlesssync\r\n\r\n"u8);
        foreach (var action in actions)
        {
            Append(buffer, "--changeset_serverlesssync\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"u8);
            WriteAction(buffer, tableAddress, action);
        }

        Append(buffer, "--changeset_serverlesssync--\r\n--batch_serverlesssync--\r\n"u8);
        return buffer.Length <= MostBytes
            ? buffer
            : throw new ArgumentException($"A transaction has at most {MostBytes} bytes; this one has {buffer.Length}.", nameof(actions));
    }

    /// <summary>Reads the answer: the ETag of each action in order, null for a delete.</summary>
    /// <exception cref="TableFailedException">An action failed, and none was carried out.</exception>
    /// <exception cref="FormatException">It is no answer to so many actions.</exception>
    public static string?[] Read(ReadOnlySpan<byte> answer, int actions, string what, bool repeated)
    {
        var etags = new string?[actions];
        var read = 0;
        while (NextPart(ref answer, out var status, out var headers))
        {
            if (status >= 300)
            {
                throw TableErrors.OfPart(status, JsonIn(answer), what, repeated);
            }

            if (read == actions)
            {
                break;
            }

            etags[read++] = Header(headers, "etag: "u8);
        }

        return read == actions ? etags : throw new FormatException($"The answer to {actions} actions has {read} parts.");
    }

    static void Check(IReadOnlyList<TableTransactionAction> actions)
    {
        if (actions.Count is 0 or > MostActions)
        {
            throw new ArgumentException($"A transaction has 1 to {MostActions} actions; this one has {actions.Count}.", nameof(actions));
        }

        var keys = new HashSet<string>(actions.Count, StringComparer.Ordinal);
        foreach (var action in actions)
        {
            if (action.Entity.PartitionKey != actions[0].Entity.PartitionKey)
            {
                throw new ArgumentException("A transaction stays within one partition; this one names two.", nameof(actions));
            }

            if (!keys.Add(action.Entity.RowKey))
            {
                throw new ArgumentException($"A transaction names an entity once; this one names '{action.Entity.RowKey}' twice.", nameof(actions));
            }
        }
    }

    static void WriteAction(PooledBuffer buffer, string tableAddress, TableTransactionAction action)
    {
        var entity = action.Entity;
        var inserts = action.ActionType == TableTransactionActionType.Add;
        var deletes = action.ActionType == TableTransactionActionType.Delete;
        Append(buffer, inserts ? "POST "u8 : deletes ? "DELETE "u8 : "PUT "u8);
        TableAddress.Append(buffer, tableAddress);
        TableAddress.Append(buffer, inserts ? string.Empty : TableAddress.Entity(entity.PartitionKey, entity.RowKey));
        Append(buffer, " HTTP/1.1\r\nAccept: application/json;odata=nometadata\r\nDataServiceVersion: 3.0\r\n"u8);
        Append(buffer, inserts ? "Prefer: return-no-content\r\n"u8 : []);
        if (action.ActionType is TableTransactionActionType.UpdateReplace or TableTransactionActionType.Delete)
        {
            TableAddress.Append(buffer, $"If-Match: {action.ETag}\r\n");
        }

        if (deletes)
        {
            Append(buffer, "\r\n\r\n"u8);
            return;
        }

        Append(buffer, "Content-Type: application/json\r\n\r\n"u8);
        TableEntityWriter.Write(buffer, entity);
        Append(buffer, "\r\n"u8);
    }

    static void Append(PooledBuffer buffer, ReadOnlySpan<byte> text)
    {
        text.CopyTo(buffer.GetSpan(text.Length));
        buffer.Advance(text.Length);
    }

    /// <summary>Moves to just behind the headers of the next part.</summary>
    static bool NextPart(ref ReadOnlySpan<byte> answer, out int status, out ReadOnlySpan<byte> headers)
    {
        status = 0;
        headers = default;
        var at = answer.IndexOf("HTTP/1.1 "u8);
        if (at < 0)
        {
            return false;
        }

        answer = answer[(at + "HTTP/1.1 "u8.Length)..];
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0 || !System.Buffers.Text.Utf8Parser.TryParse(answer, out status, out _))
        {
            throw new FormatException("A part of the answer has no status or no end.");
        }

        headers = answer[..end];
        answer = answer[(end + 4)..];
        return true;
    }

    static ReadOnlySpan<byte> JsonIn(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n--"u8);
        return end < 0 ? answer : answer[..end];
    }

    static string? Header(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> lowerName)
    {
        foreach (var range in headers.Split("\r\n"u8))
        {
            var line = headers[range];
            if (line.Length > lowerName.Length && Ascii.EqualsIgnoreCase(line[..lowerName.Length], lowerName))
            {
                return Encoding.ASCII.GetString(line[lowerName.Length..]).Trim();
            }
        }

        return null;
    }
}
