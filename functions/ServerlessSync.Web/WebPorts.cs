using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.Web.Drifts;
using ServerlessSync.Web.Ops;

namespace ServerlessSync.Web;

/// <summary>What a host gives to everything spoken over HTTP.</summary>
public sealed record WebPorts
{
    /// <summary>mesh.yaml.</summary>
    public required MeshConfiguration Configuration { get; init; }

    /// <summary>Resolves signing keys and API keys, once, at start; null when there is none.</summary>
    public required Func<SecretReference, string?> Secrets { get; init; }

    /// <summary>Where events are recorded.</summary>
    public required IEventInbox Inbox { get; init; }

    /// <summary>The engine.</summary>
    public required IWorkflowClient Workflows { get; init; }

    /// <summary>The workflows.</summary>
    public required WorkflowCatalog Catalog { get; init; }

    /// <summary>Where requests to start go.</summary>
    public required IStartRequests Starts { get; init; }

    /// <summary>Writes down what operators do to runs.</summary>
    public required IOperatorRecorder Recorder { get; init; }

    /// <summary>Carries refused events out anew.</summary>
    public required IReplayRequests Replays { get; init; }

    /// <summary>Reads identities and exceptions.</summary>
    public required IOpsReader Reader { get; init; }

    /// <summary>Reads drift and comparisons.</summary>
    public required IDriftReader Drifts { get; init; }

    /// <summary>Compares targets with the record.</summary>
    public required IReconciliationRequests Reconciliations { get; init; }

    /// <summary>Carries out what people decide about drift.</summary>
    public required IDriftDecisions DriftDecisions { get; init; }

    /// <summary>The events the mesh uses itself.</summary>
    public required MeshEvents Events { get; init; }

    /// <summary>How much may be in hand at once.</summary>
    public WebLimits Limits { get; init; } = new();

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The logs.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>The ports of a mesh that runs in this process.</summary>
    /// <param name="mesh">The mesh; its stores' clock is the clock.</param>
    /// <param name="configuration">mesh.yaml.</param>
    /// <param name="workflows">The engine the mesh runs on.</param>
    /// <param name="secrets">Resolves signing keys and API keys.</param>
    /// <param name="loggers">The logs.</param>
    public static WebPorts Of(
        MeshRuntime mesh, MeshConfiguration configuration, IWorkflowClient workflows, Func<SecretReference, string?> secrets, ILoggerFactory loggers)
    {
        var operations = new MeshOps(mesh.Operators);
        return new WebPorts
        {
            Configuration = configuration,
            Secrets = secrets,
            Inbox = mesh.Stores.Inbox,
            Workflows = workflows,
            Catalog = mesh.Catalog,
            Starts = operations,
            Recorder = operations,
            Replays = operations,
            Reader = new MeshReader(mesh.Stores),
            Drifts = new DriftReader(mesh.Stores, configuration),
            Reconciliations = mesh.Reconciliations,
            DriftDecisions = mesh.DriftDecisions,
            Events = new MeshEvents(WorkflowNames.StopEvent, [.. WorkflowNames.OwnEvents]),
            Time = mesh.Stores.Clock,
            Loggers = loggers,
        };
    }
}
