using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Targets;

namespace ServerlessSync.Functions;

/// <summary>What the app's surroundings give to the mesh.</summary>
public sealed record MeshParts
{
    /// <summary>mesh.yaml.</summary>
    public required MeshConfiguration Configuration { get; init; }

    /// <summary>Where the mesh keeps everything.</summary>
    public required MeshStores Stores { get; init; }

    /// <summary>What it keeps true.</summary>
    public required TargetSet Targets { get; init; }

    /// <summary>The queue recorded events go through.</summary>
    public required IMessageSender Changes { get; init; }

    /// <summary>Signs audit checkpoints.</summary>
    public required ICheckpointSigner Signer { get; init; }

    /// <summary>Where audit checkpoints are brought.</summary>
    public required IAnchor Anchor { get; init; }

    /// <summary>Resolves signing keys and API keys.</summary>
    public required Func<SecretReference, string?> Secrets { get; init; }

    /// <summary>Reports metrics.</summary>
    public required MetricReport Report { get; init; }

    /// <summary>The logs.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>The queue of drift to be mended.</summary>
    public required IMessageSender Drifts { get; init; }
}
