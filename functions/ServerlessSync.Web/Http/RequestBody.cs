using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Numerics;
using Microsoft.AspNetCore.Http;

namespace ServerlessSync.Web.Http;

/// <summary>How reading a body ended.</summary>
enum BodyResult
{
    Complete,
    TooLarge,
    TooSlow,
    Broken,

    /// <summary>Other bodies hold all the memory there is for them.</summary>
    NoRoom,
}

/// <summary>
/// A request's body, read once into one pooled buffer, with room before it for what a signature covers besides the body. What is rented
/// follows what has really arrived, not what Content-Length promises, and counts against the place the request holds.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="place">The request's place; null where only requests are counted.</param>
sealed class RequestBody(TimeProvider time, Occupancy.Place? place = null) : IDisposable
{
    /// <summary>Largest body.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>How long a body may take.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    const int FirstBytes = 4 * 1024;
    const int LargestFirstBytes = 64 * 1024;

    byte[] _buffer = [];
    int _prefix;
    int _length;

    /// <summary>What was put before the body, and the body.</summary>
    public ReadOnlySpan<byte> Whole => _buffer.AsSpan(0, _length);

    /// <summary>The body alone.</summary>
    public ReadOnlyMemory<byte> Content => _buffer.AsMemory(_prefix, _length - _prefix);

    /// <summary>The problem a result other than <see cref="BodyResult.Complete"/> is answered with.</summary>
    public static Problem ProblemOf(BodyResult result) => result switch
    {
        BodyResult.TooLarge => new(
            StatusCodes.Status413PayloadTooLarge,
            "body-too-large",
            "Body too large",
            string.Create(CultureInfo.InvariantCulture, $"A request body holds at most {MaxBytes} bytes (1 MiB).")),
        BodyResult.TooSlow => new(
            StatusCodes.Status408RequestTimeout,
            "body-too-slow",
            "Body too slow",
            string.Create(CultureInfo.InvariantCulture, $"A request body must arrive within {Timeout.TotalSeconds} seconds.")),
        BodyResult.NoRoom => Occupancy.Full,
        _ => Problem.BadRequest("The body ended early or its framing is damaged."),
    };

    /// <summary>Puts ASCII text before the body.</summary>
    public void Prefix(ReadOnlySpan<char> text)
    {
        Rent(_length + text.Length);
        _length += System.Text.Encoding.ASCII.GetBytes(text, _buffer.AsSpan(_length));
        _prefix = _length;
    }

    /// <summary>Reads the body to its end.</summary>
    public async ValueTask<BodyResult> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MaxBytes)
        {
            return BodyResult.TooLarge;
        }

        if (!TryReserve((int)Math.Min(request.ContentLength ?? FirstBytes, LargestFirstBytes)))
        {
            return BodyResult.NoRoom;
        }

        try
        {
            return TakeArrived(request.BodyReader) ?? await ReadRestAsync(request.BodyReader, cancellationToken);
        }
        catch (BadHttpRequestException e)
        {
            return e.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => BodyResult.TooLarge,
                StatusCodes.Status408RequestTimeout => BodyResult.TooSlow,
                _ => BodyResult.Broken,
            };
        }
        catch (IOException)
        {
            // Framing beyond repair, or the sender has gone.
            return BodyResult.Broken;
        }
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    BodyResult? TakeArrived(PipeReader reader) => reader.TryRead(out var result) ? Take(reader, result) : null;

    async ValueTask<BodyResult> ReadRestAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            while (true)
            {
                if (Take(reader, await reader.ReadAsync(both.Token)) is { } end)
                {
                    return end;
                }
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return BodyResult.TooSlow;
        }
    }

    BodyResult? Take(PipeReader reader, ReadResult result)
    {
        var arrived = result.Buffer;
        if (_length - _prefix + arrived.Length > MaxBytes)
        {
            reader.AdvanceTo(arrived.End);
            return BodyResult.TooLarge;
        }

        if (!TryReserve((int)arrived.Length))
        {
            reader.AdvanceTo(arrived.End);
            return BodyResult.NoRoom;
        }

        arrived.CopyTo(_buffer.AsSpan(_length));
        _length += (int)arrived.Length;
        reader.AdvanceTo(arrived.End);
        return result.IsCompleted ? BodyResult.Complete : null;
    }

    bool TryReserve(int more)
    {
        var wanted = _length + more;
        if (wanted <= _buffer.Length)
        {
            return true;
        }

        // As much as the pool gives out for it, so that what is counted is what is held.
        wanted = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(wanted, _buffer.Length * 2));
        if (place?.TryHold(wanted - _buffer.Length) == false)
        {
            return false;
        }

        Rent(wanted);
        return true;
    }

    void Rent(int wanted)
    {
        if (wanted <= _buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(wanted);
        Whole.CopyTo(larger);
        Dispose();
        _buffer = larger;
    }
}
