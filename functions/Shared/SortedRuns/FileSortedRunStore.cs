using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Hosting;

/// <summary>
/// Sorted runs as files: a folder a side, a file a run. A file holds the chunks, then its <see cref="SortedRunFooter"/>; it takes its name when it is whole.
/// Nothing is forced to disk: what a power cut takes is found by its checksum and read again at its source.
/// </summary>
/// <param name="folder">Where the folders of the sides lie; made when it is not there.</param>
sealed class FileSortedRunStore(string folder) : ISortedRunStore
{
    const string RunPrefix = "run-";
    const string SidePrefix = "side-";
    const string UnfinishedPrefix = "new-";
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <inheritdoc/>
    public async Task WriteAsync(string side, string name, IEnumerable<ReadOnlyMemory<byte>> chunks, CancellationToken cancellationToken)
    {
        var unfinished = Path.Combine(FolderOf(side), UnfinishedPrefix + Path.GetRandomFileName());
        try
        {
            MakeFolder(side);
            File.Delete(PathOf(side, name));
            await WriteFileAsync(unfinished, new RunIndex(side, name), name, chunks, cancellationToken);
            File.Move(unfinished, PathOf(side, name), overwrite: true);
        }
        catch (Exception e)
        {
            TryDelete(unfinished);
            if (IsFailure(e))
            {
                throw new StoreException(StoreFailure.CannotPersist, $"Run '{name}' of '{side}' could not be written to {folder}: {e.Message}", e);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SortedRun>> ListAsync(string side, CancellationToken cancellationToken)
    {
        var runs = new List<SortedRun>();
        foreach (var path in Directory.Exists(FolderOf(side)) ? Directory.GetFiles(FolderOf(side), RunPrefix + "*") : [])
        {
            using var file = Open(path, side, Path.GetFileName(path));
            runs.Add((await SortedRunFooter.ReadAsync(file, side, Path.GetFileName(path), cancellationToken)).ToRun());
        }

        return [.. runs.OrderBy(run => run.Name, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(SortedRun run, int fromChunk, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var file = Open(PathOf(run.Side, run.Name), run.Side, run.Name);
        var index = await SortedRunFooter.ReadAsync(file, run.Side, run.Name, cancellationToken);
        index.Require(run);
        if (fromChunk >= index.Chunks)
        {
            yield break;
        }

        var chunks = new ChunkReader(file, index, fromChunk);
        try
        {
            while (await chunks.NextAsync(cancellationToken) is { IsEmpty: false } chunk)
            {
                yield return chunk;
            }
        }
        finally
        {
            await chunks.EndAsync();
        }
    }

    /// <inheritdoc/>
    public Task DropAsync(string side, CancellationToken cancellationToken)
    {
        try
        {
            if (Directory.Exists(FolderOf(side)))
            {
                Directory.Delete(FolderOf(side), recursive: true);
            }
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw new StoreException(StoreFailure.Unavailable, $"'{side}' could not be deleted from {folder}: {e.Message}", e);
        }

        return Task.CompletedTask;
    }

    internal static bool IsFailure(Exception e) => e is IOException or UnauthorizedAccessException;

    static async Task WriteFileAsync(string path, RunIndex index, string name, IEnumerable<ReadOnlyMemory<byte>> chunks, CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        long offset = 0;
        foreach (var chunk in chunks)
        {
            index.Add(chunk.Span);
            await RandomAccess.WriteAsync(file, chunk, offset, cancellationToken);
            offset += chunk.Length;
        }

        await RandomAccess.WriteAsync(file, SortedRunFooter.ToBytes(index, name), offset, cancellationToken);
    }

    static SafeFileHandle Open(string path, string side, string run)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DamagedRunException(side, run, null, "is gone");
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw new StoreException(StoreFailure.Unavailable, $"Run '{run}' of '{side}' could not be opened: {e.Message}", e);
        }
    }

    static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (IsFailure(e))
        {
            // It has no name of a run, so nobody reads it, and it goes with its side.
        }
    }

    void MakeFolder(string side)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(FolderOf(side));
        }
        else
        {
            // What is sorted here is data of people.
            Directory.CreateDirectory(FolderOf(side), OwnerOnly);
        }
    }

    // The prefixes keep an encoded text such as '..' a name like any other.
    string FolderOf(string side) => Path.Combine(folder, SidePrefix + KeyText.Encode(side));

    string PathOf(string side, string name) => Path.Combine(FolderOf(side), RunPrefix + KeyText.Encode(name));
}
