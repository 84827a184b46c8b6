using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace ServerlessSync.Engines.DurableTask;

/// <summary>
/// What a run is marked with when it is started: the version it keeps for life, and the same as a tag, because the status of an instance shows
/// its tags and not its version.
/// </summary>
static class Stamp
{
    const string VersionTag = "version";
    const string Unknown = "unknown";

    // A run of an id exists once, whatever became of it. Canceled is obsolete there and never stored.
    static readonly IReadOnlyList<string> EveryStatus =
    [
        nameof(OrchestrationRuntimeStatus.Completed), nameof(OrchestrationRuntimeStatus.Failed), nameof(OrchestrationRuntimeStatus.Pending),
        nameof(OrchestrationRuntimeStatus.Running), nameof(OrchestrationRuntimeStatus.Suspended), nameof(OrchestrationRuntimeStatus.Terminated),
    ];

    public static StartOrchestrationOptions Start(string version, string instanceId) =>
        new(instanceId) { Version = new TaskVersion(version), Tags = Tags(version), DedupeStatuses = EveryStatus };

    /// <summary>A child of an unknown workflow goes unmarked: Durable Task fails it and says so.</summary>
    public static TaskOptions Child(WorkflowCatalog catalog, string name, string? instanceId) =>
        catalog.FindVersion(name) is { } version
            ? new SubOrchestrationOptions(new TaskOptions(tags: Tags(version)), instanceId) { Version = new TaskVersion(version) }
            : new SubOrchestrationOptions(instanceId: instanceId);

    public static string VersionOf(OrchestrationMetadata run) => run.Tags.TryGetValue(VersionTag, out var version) ? version : Unknown;

    static Dictionary<string, string> Tags(string version) => new(StringComparer.Ordinal) { [VersionTag] = version };
}
