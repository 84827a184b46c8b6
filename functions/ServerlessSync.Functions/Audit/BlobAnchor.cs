using System.Globalization;
using System.Runtime.CompilerServices;
using Azure.Core;
using ServerlessSync.Hosting;
using ServerlessSync.Mesh.Audit;

namespace ServerlessSync.Functions;

/// <summary>
/// An anchor in a blob container whose blobs can be added to and not changed: a checkpoint a line, 10,000 lines a blob, because an append blob takes
/// 50,000 blocks (<see href="https://learn.microsoft.com/rest/api/storageservices/append-block"/>). A block is added whole or not at all, and only
/// where its writer saw the end, so two instances never write beside each other.
/// </summary>
/// <param name="container">The container.</param>
sealed class BlobAnchor(BlobContainer container) : IAnchor
{
    const int LinesPerBlob = 10_000;
    const string Prefix = "checkpoints-";

    /// <summary>Opens it.</summary>
    /// <param name="address">Address of the container.</param>
    /// <param name="credential">Who signs in.</param>
    public BlobAnchor(Uri address, TokenCredential credential)
        : this(new BlobContainer(address, credential))
    {
    }

    /// <inheritdoc/>
    public async Task<Checkpoint?> ReadLastAsync(CancellationToken cancellationToken) => (await FindEndAsync(cancellationToken)).Last;

    /// <inheritdoc/>
    public async IAsyncEnumerable<AnchorLine> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var number = 0L;
        foreach (var blob in await container.ListAsync(Prefix, cancellationToken))
        {
            await using var content = await container.ReadAsync(blob.Name, 0, cancellationToken);
            await foreach (var line in AnchorLines.ReadAsync(content, number, cancellationToken))
            {
                yield return line;
                number = line.Number;
            }
        }
    }

    /// <inheritdoc/>
    public async Task AppendAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var (last, blobs) = await FindEndAsync(cancellationToken);
        if (last is not null && checkpoint.Number <= last.Number)
        {
            return;
        }

        if (checkpoint.Number != (last?.Number ?? 0) + 1)
        {
            throw new IOException($"The anchor ends with checkpoint {last?.Number ?? 0}, so checkpoint {checkpoint.Number} cannot follow.");
        }

        var name = NameOf(checkpoint.Number);
        if (blobs.FirstOrDefault(blob => blob.Name == name) is not { } there)
        {
            await container.CreateAsync(name, cancellationToken);
            there = new BlobEntry(name, 0);
        }

        await container.AppendAsync(name, there.Length, AnchorLines.Write(checkpoint), cancellationToken);
    }

    static string NameOf(long number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{(number - 1) / LinesPerBlob:D10}.jsonl");

    /// <summary>The newest checkpoint, and every blob there is. The newest blob may have been made and not yet be written to.</summary>
    async Task<(Checkpoint? Last, IReadOnlyList<BlobEntry> Blobs)> FindEndAsync(CancellationToken cancellationToken)
    {
        var blobs = await container.ListAsync(Prefix, cancellationToken);
        if (blobs.LastOrDefault(blob => blob.Length > 0) is not { } newest)
        {
            return (null, blobs);
        }

        AnchorLine? last = null;
        await using var tail = await container.ReadAsync(newest.Name, Math.Max(0, newest.Length - (2 * AnchorLines.Longest)), cancellationToken);
        await foreach (var line in AnchorLines.ReadAsync(tail, 0, cancellationToken))
        {
            last = line;
        }

        return last?.Checkpoint is { } checkpoint
            ? (checkpoint, blobs)
            : throw new IOException($"'{newest.Name}' is damaged at its end: its last line holds no checkpoint. Run audit verify; keep it as evidence and begin another anchor.");
    }
}
