namespace ServerlessSync.Connectors.Tests.Http;

/// <summary>Gives the letter x until nobody reads any more, and fails the reader who takes far more than any limit.</summary>
sealed class EndlessStream : Stream
{
    const long Most = 16 * 1024 * 1024;
    long _given;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _given; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        _given += count;
        if (_given > Most)
        {
            throw new InvalidOperationException("The answer was read far past any limit.");
        }

        buffer.AsSpan(offset, count).Fill((byte)'x');
        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
