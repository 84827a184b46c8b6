using System.Runtime.CompilerServices;
using ServerlessSync.Mesh.Audit;

namespace ServerlessSync.Hosting;

/// <summary>An anchor in a file: a checkpoint a line, as JSON, through fsync before it is answered. One process at a time may append.</summary>
sealed class FileAnchor(string path) : IAnchor
{
    /// <inheritdoc/>
    public async Task<Checkpoint?> ReadLastAsync(CancellationToken cancellationToken)
    {
        await using var file = OpenToRead();
        return file is null ? null : (await ReadTailAsync(file, cancellationToken)).Last;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<AnchorLine> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var file = OpenToRead();
        if (file is null)
        {
            yield break;
        }

        await foreach (var line in AnchorLines.ReadAsync(file, 0, cancellationToken))
        {
            yield return line;
        }
    }

    /// <inheritdoc/>
    public async Task AppendAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        // A file beside it is the lock: .NET's own on the file itself would keep readers out.
        await using var gate = Open(path + ".lock", FileShare.None);
        await using var file = Open(path, FileShare.ReadWrite);
        var (last, end) = await ReadTailAsync(file, cancellationToken);
        if (last is not null && checkpoint.Number <= last.Number)
        {
            return;
        }

        if (checkpoint.Number != (last?.Number ?? 0) + 1)
        {
            throw new IOException($"'{path}' ends with checkpoint {last?.Number ?? 0}, so checkpoint {checkpoint.Number} cannot follow.");
        }

        // What stands behind the last line end was not written to its end: a crash, and nobody was told that it stands there.
        file.SetLength(end);
        file.Position = end;
        await file.WriteAsync(AnchorLines.Write(checkpoint), cancellationToken);
        file.Flush(flushToDisk: true);
    }

    /// <summary>The last checkpoint on a whole line, and where the last whole line ends.</summary>
    async Task<(Checkpoint? Last, long End)> ReadTailAsync(FileStream file, CancellationToken cancellationToken)
    {
        var tail = new byte[(int)Math.Min(file.Length, 4 * AnchorLines.Longest)];
        var from = file.Length - tail.Length;
        file.Position = from;
        await file.ReadExactlyAsync(tail, cancellationToken);
        var end = Array.LastIndexOf(tail, AnchorLines.End);
        if (end < 0 && from > 0)
        {
            throw new IOException($"'{path}' is damaged at its end: no line ends in its last {tail.Length} bytes.");
        }

        if (end < 0)
        {
            return (null, 0);
        }

        var begin = end == 0 ? 0 : Array.LastIndexOf(tail, AnchorLines.End, end - 1) + 1;
        return AnchorLines.Parse(tail.AsSpan(begin, end - begin)) is { } last
            ? (last, from + end + 1)
            : throw new IOException($"'{path}' is damaged at its end: its last line holds no checkpoint. Run audit verify; keep it as evidence and begin another anchor.");
    }

    FileStream? OpenToRead()
    {
        try
        {
            return File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite) : null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    static FileStream Open(string file, FileShare share)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            return new FileStream(file, options);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
