using System.Text.Json;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Workflows.Engine;

/// <summary>The workflows and activities an engine can run, by name. Names ignore case.</summary>
/// <remarks>
/// A workflow whose steps are changed is added as a further version beside the one before, which stays until no run that began with it is left.
/// </remarks>
public sealed class WorkflowCatalog
{
    const int VersionChars = 100;

    readonly Dictionary<string, Versions> _workflows = new(StringComparer.OrdinalIgnoreCase);
    readonly Dictionary<string, Func<string?, CancellationToken, Task<string?>>> _activities = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<string> _startable = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names of all workflows.</summary>
    public IReadOnlyCollection<string> Workflows => _workflows.Keys;

    /// <summary>Names of all activities.</summary>
    public IReadOnlyCollection<string> Activities => _activities.Keys;

    /// <summary>Names of the workflows that operators may start through the API.</summary>
    public IReadOnlyCollection<string> Startable => _startable;

    /// <summary>Adds a workflow, or a further version of it: runs that begin take the one added last, a run in flight keeps the one it began with.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="startable">Whether operators may start it through the API.</param>
    /// <param name="version">Its version, 1 to 100 characters, case-exact.</param>
    /// <exception cref="ArgumentException">The version is empty, too long, or there already.</exception>
    public WorkflowCatalog AddWorkflow<TWorkflow, TInput, TResult>(string name, bool startable = false, string version = "1")
        where TWorkflow : IWorkflow<TInput, TResult>, new()
    {
        if (version.Length is 0 or > VersionChars)
        {
            throw new ArgumentException($"The version of workflow '{name}' must have 1 to {VersionChars} characters.", nameof(version));
        }

        if (!_workflows.TryGetValue(name, out var versions))
        {
            _workflows[name] = versions = new Versions();
        }

        versions.Current = version;
        versions.Code.Add(version, async context =>
            JsonSerializer.Serialize(await new TWorkflow().RunAsync(context, context.GetInput<TInput>()), MeshJson.Options));
        if (startable)
        {
            _startable.Add(name);
        }

        return this;
    }

    /// <summary>Adds an activity; the factory is called for every attempt.</summary>
    public WorkflowCatalog AddActivity<TInput, TResult>(string name, Func<IActivity<TInput, TResult>> factory)
    {
        _activities.Add(name, async (input, cancellationToken) =>
        {
            var value = input is null ? default! : JsonSerializer.Deserialize<TInput>(input, MeshJson.Options)!;
            return JsonSerializer.Serialize(await factory().RunAsync(value, cancellationToken), MeshJson.Options);
        });
        return this;
    }

    /// <summary>The version that runs of a workflow begin with, or null when the name is unknown.</summary>
    public string? FindVersion(string name) => _workflows.GetValueOrDefault(name)?.Current;

    /// <summary>A version of a workflow, or null when name or version is unknown.</summary>
    public Func<WorkflowContext, Task<string?>>? FindWorkflow(string name, string version) =>
        _workflows.GetValueOrDefault(name)?.Code.GetValueOrDefault(version);

    /// <summary>The activity, or null when the name is unknown.</summary>
    public Func<string?, CancellationToken, Task<string?>>? FindActivity(string name) => _activities.GetValueOrDefault(name);

    sealed class Versions
    {
        public string Current { get; set; } = string.Empty;

        public Dictionary<string, Func<WorkflowContext, Task<string?>>> Code { get; } = new(StringComparer.Ordinal);
    }
}
