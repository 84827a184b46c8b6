using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Hosting;

/// <summary>The lines of an anchor: a checkpoint each, as JSON.</summary>
static class AnchorLines
{
    /// <summary>No checkpoint takes as much; a longer line is none.</summary>
    public const int Longest = 8 * 1024;

    /// <summary>Ends a line.</summary>
    public const byte End = (byte)'\n';

    /// <summary>A checkpoint with its line end.</summary>
    public static byte[] Write(Checkpoint checkpoint) => [.. MeshJson.ToBytes(checkpoint), End];

    /// <summary>What a line holds; null when it is no checkpoint.</summary>
    public static Checkpoint? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return line.Length > Longest ? null : JsonSerializer.Deserialize<Checkpoint>(line, MeshJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads every line in bounded memory.</summary>
    /// <param name="from">What holds them.</param>
    /// <param name="number">Number of the line before the first.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async IAsyncEnumerable<AnchorLine> ReadAsync(Stream from, long number, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var line = new ArrayBufferWriter<byte>();
        var buffer = new byte[64 * 1024];
        for (int read; (read = await from.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            for (var rest = buffer.AsMemory(0, read); rest.Length > 0;)
            {
                var end = rest.Span.IndexOf(End);
                Keep(line, (end < 0 ? rest : rest[..end]).Span);
                if (end < 0)
                {
                    break;
                }

                yield return new AnchorLine(++number, Parse(line.WrittenSpan));
                line.ResetWrittenCount();
                rest = rest[(end + 1)..];
            }
        }

        if (line.WrittenCount > 0)
        {
            yield return new AnchorLine(++number, null, IsTorn: true);
        }
    }

    // A line that is too long is kept too long, so that it is no checkpoint, and takes no more memory.
    static void Keep(ArrayBufferWriter<byte> line, ReadOnlySpan<byte> bytes) =>
        line.Write(bytes[..Math.Min(bytes.Length, Longest + 1 - Math.Min(line.WrittenCount, Longest + 1))]);
}
