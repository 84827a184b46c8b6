using System.Globalization;
using System.Text;

namespace ServerlessSync.TestKit.Servers;

/// <summary>Just enough of HTTP/1.1 to stand between two that speak it.</summary>
static class HttpText
{
    /// <summary>Reads one request with its body as it is on the wire, or null when the connection has ended.</summary>
    public static async Task<byte[]?> ReadRequestAsync(Stream stream, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        var chunk = new byte[16 * 1024];
        var whole = long.MaxValue;
        while (bytes.Length < whole)
        {
            var read = await stream.ReadAsync(chunk, cancellationToken);
            if (read == 0)
            {
                return null;
            }

            bytes.Write(chunk, 0, read);
            var head = bytes.GetBuffer().AsSpan(0, (int)bytes.Length).IndexOf("\r\n\r\n"u8);
            whole = head < 0 ? long.MaxValue : head + 4 + BodyLength(Encoding.ASCII.GetString(bytes.GetBuffer(), 0, head));
        }

        return bytes.ToArray();
    }

    /// <summary>The request or status line and the headers.</summary>
    public static string Head(byte[] message) => Encoding.ASCII.GetString(message, 0, message.AsSpan().IndexOf("\r\n\r\n"u8));

    /// <summary>The message with a header put behind its first line, in place of one of that name.</summary>
    public static byte[] With(byte[] message, string name, string value)
    {
        var head = Head(message);
        var lines = head.Split("\r\n").Where(line => !line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Append($"{name}: {value}");
        return [.. Encoding.ASCII.GetBytes(string.Join("\r\n", lines)), .. message.AsSpan(head.Length)];
    }

    /// <summary>An answer of the table service that tells of an error.</summary>
    public static byte[] Error(string status, string code, string headers = "")
    {
        var body = "{\"odata.error\":{\"code\":\"" + code + "\",\"message\":{\"lang\":\"en-US\",\"value\":\"planted\"}}}";
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status}\r\nx-ms-error-code: {code}\r\n{headers}Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    static long BodyLength(string head)
    {
        var line = head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        return line is null ? 0 : long.Parse(line["Content-Length:".Length..], CultureInfo.InvariantCulture);
    }
}
