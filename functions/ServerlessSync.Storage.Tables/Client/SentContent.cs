using Azure.Core;

namespace ServerlessSync.Storage.Tables.Client;

/// <summary>
/// The body of a write, and how often it was put on the wire. More than once means that an answer may have been lost, so that a conflict may be
/// the work of our own earlier try. A delete has such a body too, an empty one: the HTTP client repeats a request without a body unasked.
/// </summary>
sealed class SentContent(PooledBuffer? buffer) : RequestContent
{
    int _sends;

    public int Sends => Volatile.Read(ref _sends);

    public override bool TryComputeLength(out long length)
    {
        length = buffer?.Length ?? 0;
        return true;
    }

    public override async Task WriteToAsync(Stream stream, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _sends);
        if (buffer is not null)
        {
            await stream.WriteAsync(buffer.Written, cancellation);
        }
    }

    public override void WriteTo(Stream stream, CancellationToken cancellation) => throw new NotSupportedException("Requests are sent asynchronously.");

    /// <summary>
    /// An array goes back to the pool only after a single try that was answered: a try that was given up may still be reading it.
    /// </summary>
    public void Answered()
    {
        if (Sends == 1)
        {
            buffer?.Return();
        }
    }

    public override void Dispose()
    {
    }
}
