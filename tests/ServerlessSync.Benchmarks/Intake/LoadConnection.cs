using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace ServerlessSync.Benchmarks.Intake;

/// <summary>One connection of the load generator; reads of an answer what tells its end and whether it is 202.</summary>
sealed class LoadConnection(Socket socket)
{
    const int StatusAt = 9;

    readonly byte[] _buffer = new byte[4096];
    int _length;
    long _sentAt;

    static ReadOnlySpan<byte> HeadEnd => "\r\n\r\n"u8;

    static ReadOnlySpan<byte> LengthName => "Content-Length: "u8;

    /// <summary>Sends one request; the one before was answered.</summary>
    public void Send(byte[] request)
    {
        _length = 0;
        _sentAt = TimeProvider.System.GetTimestamp();
        var sent = socket.Send(request);
        if (sent != request.Length)
        {
            throw new IOException("A request was sent in part.");
        }
    }

    /// <summary>Reads what has come; the time since the request was sent when the answer is whole, else null.</summary>
    /// <exception cref="InvalidOperationException">The answer is not 202.</exception>
    public TimeSpan? TryTakeAnswer()
    {
        var read = socket.Receive(_buffer.AsSpan(_length));
        if (read == 0)
        {
            throw new IOException("The server closed a connection.");
        }

        _length += read;
        var answer = _buffer.AsSpan(0, _length);
        var head = answer.IndexOf(HeadEnd);
        if (head < 0 || _length < head + HeadEnd.Length + BodyLength(answer[..head]))
        {
            return null;
        }

        var elapsed = TimeProvider.System.GetElapsedTime(_sentAt);
        return answer[StatusAt..].StartsWith("202 "u8) && answer.EndsWith("""{"accepted":1,"duplicates":0}"""u8)
            ? elapsed
            : throw new InvalidOperationException($"Not accepted as a new event: {Encoding.UTF8.GetString(answer)}");
    }

    static int BodyLength(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf(LengthName);
        return at >= 0 && Utf8Parser.TryParse(head[(at + LengthName.Length)..], out int length, out _)
            ? length
            : throw new InvalidOperationException($"An answer without a length: {Encoding.UTF8.GetString(head)}");
    }
}
