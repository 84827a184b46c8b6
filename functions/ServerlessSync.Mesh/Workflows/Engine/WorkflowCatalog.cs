using System.Text.Json;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Workflows.Engine;

/// <summary>The workflows and activities an engine can run, by name. Names ignore case.</summary>
public sealed class WorkflowCatalog
{
    readonly Dictionary<string, Func<WorkflowContext, Task<string?>>> _workflows = new(StringComparer.OrdinalIgnoreCase);
    readonly Dictionary<string, Func<string?, CancellationToken, Task<string?>>> _activities = new(StringComparer.OrdinalIgnoreCase);
    readonly HashSet<string> _startable = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names of all workflows.</summary>
    public IReadOnlyCollection<string> Workflows => _workflows.Keys;

    /// <summary>Names of all activities.</summary>
    public IReadOnlyCollection<string> Activities => _activities.Keys;

    /// <summary>Names of the workflows that operators may start through the API.</summary>
    public IReadOnlyCollection<string> Startable => _startable;

    /// <summary>Adds a workflow.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="startable">Whether operators may start it through the API.</param>
    public WorkflowCatalog AddWorkflow<TWorkflow, TInput, TResult>(string name, bool startable = false)
        where TWorkflow : IWorkflow<TInput, TResult>, new()
    {
        _workflows.Add(name, async context =>
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

    /// <summary>The workflow, or null when the name is unknown.</summary>
    public Func<WorkflowContext, Task<string?>>? FindWorkflow(string name) => _workflows.GetValueOrDefault(name);

    /// <summary>The activity, or null when the name is unknown.</summary>
    public Func<string?, CancellationToken, Task<string?>>? FindActivity(string name) => _activities.GetValueOrDefault(name);
}
