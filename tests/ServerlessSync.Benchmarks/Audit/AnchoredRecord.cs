using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Benchmarks.Audit;

/// <summary>A record with checkpoints that are signed and anchored in memory.</summary>
sealed class AnchoredRecord : ICheckpointSigner, IAnchor, IDisposable
{
    readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly CheckpointKey _public;
    readonly List<Checkpoint> _lines = [];
    readonly Checkpointer _checkpointer;

    public AnchoredRecord(MeshStores stores)
    {
        Stores = stores;
        _public = CheckpointKey.FromPem(_key.ExportSubjectPublicKeyInfoPem());
        _checkpointer = new Checkpointer(stores, this, this, null, NullLogger.Instance);
    }

    public MeshStores Stores { get; }

    public string Key => _public.Name;

    public async Task CheckpointAsync(CancellationToken cancellationToken)
    {
        if (!await _checkpointer.RunAsync(cancellationToken))
        {
            throw new InvalidOperationException("No checkpoint could be taken.");
        }
    }

    public Task<AuditReport> VerifyAsync(CancellationToken cancellationToken) =>
        new AuditVerifier(Stores.Partitions.Store, new AnchorRecord(this, [_public])).VerifyAsync(cancellationToken);

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken) =>
        new(_key.SignHash(hash.Span, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

    public Task<Checkpoint?> ReadLastAsync(CancellationToken cancellationToken) => Task.FromResult(_lines.LastOrDefault());

    public async IAsyncEnumerable<AnchorLine> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var line in _lines)
        {
            yield return new AnchorLine(line.Number, line);
        }
    }

    public Task AppendAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        _lines.Add(checkpoint);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _key.Dispose();
        _public.Dispose();
    }
}
