using System.Text.Json;

namespace ServerlessSync.Engines.InProcess.Replay;

/// <summary>
/// A run written down as readable JSON: what its code asked for and what happened, turn by turn. A build replays it to see whether runs that are
/// in flight would go on with its code.
/// </summary>
public sealed class RecordedRun
{
    static readonly JsonSerializerOptions Readable = new(MeshJson.Options)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    readonly RecordedText _text;

    RecordedRun(RecordedText text) => _text = text;

    /// <summary>Name of the workflow.</summary>
    public string Workflow => _text.Workflow;

    /// <summary>The version the run began with.</summary>
    public string Version => _text.Version;

    /// <summary>How it stood, or ended.</summary>
    public WorkflowStatus Status => _text.Status;

    /// <summary>Takes down a run from what the engine stored of it.</summary>
    /// <param name="instance">The run as it stood last.</param>
    /// <param name="generations">Input and stored events of each generation, in order; the turn that ended a generation is not stored.</param>
    /// <exception cref="StoreException">The events are damaged.</exception>
    public static RecordedRun From(
        WorkflowInstance instance, IReadOnlyList<(string? Input, IReadOnlyList<ReadOnlyMemory<byte>> Events)> generations) => new(new()
    {
        Workflow = instance.Name,
        Version = instance.Version,
        InstanceId = instance.InstanceId,
        Status = instance.Status,
        Output = instance.Status == WorkflowStatus.Completed ? RecordedEvent.Json(instance.Output) : default,
        Failure = instance.Failure,
        Generations = [.. generations.Select(g => new RecordedGeneration(
            RecordedEvent.Json(g.Input), [.. EventCodec.Decode(instance.InstanceId, g.Events).Select(RecordedEvent.From)]))],
    });

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">The text is no recorded run.</exception>
    public static RecordedRun Read(string text) =>
        new(JsonSerializer.Deserialize<RecordedText>(text, Readable) ?? throw new JsonException("A recorded run is no null."));

    /// <summary>The run as text.</summary>
    public string Write() => JsonSerializer.Serialize(_text, Readable) + "\n";

    /// <summary>
    /// Replays the run against the code of a catalog; nothing is done in it. The code must ask for the same steps in the same order, with the same
    /// inputs and due times, and come to the same end.
    /// </summary>
    /// <returns>The step where they differ and what was expected, or null.</returns>
    public string? FindMismatch(WorkflowCatalog catalog)
    {
        if (catalog.FindWorkflow(Workflow, Version) is not { } code)
        {
            return Failures.MissingVersion(Workflow, Version).ErrorMessage;
        }

        for (var i = 0; i < _text.Generations.Count; i++)
        {
            var generation = _text.Generations[i];
            var execution = new Execution(new(_text.InstanceId, Workflow, Version, RecordedEvent.Text(generation.Input), code), static () => { });
            try
            {
                Replayer.Replay(execution, generation.Events.Select(e => e.ToEvent()), Workflow, exact: true);
            }
            catch (NonDeterminismException e)
            {
                return Failures.NonDeterministic($"Generation {i + 1}: {e.Message}").ErrorMessage;
            }

            if (i == _text.Generations.Count - 1 && FindOtherEnd(execution) is { } end)
            {
                return Failures.NonDeterministic($"Workflow '{Workflow}' comes to another end: {end}.").ErrorMessage;
            }
        }

        return null;
    }

    string? FindOtherEnd(Execution execution)
    {
        switch (Status)
        {
            case WorkflowStatus.Completed when execution.Standing != Standing.Ended || execution.Failure is not null:
                return $"expected it to complete, but it is {execution.Standing} {execution.Failure}";
            case WorkflowStatus.Completed when !WorkflowPayload.Same(RecordedEvent.Text(_text.Output), execution.Output):
                return $"expected the result {RecordedEvent.Text(_text.Output)}, but it is {execution.Output}";
            case WorkflowStatus.Failed when execution.Failure != _text.Failure:
                return $"expected it to fail with {_text.Failure}, but it is {execution.Standing} {execution.Failure}";
            case WorkflowStatus.Pending or WorkflowStatus.Running or WorkflowStatus.Suspended when execution.Standing is not (Standing.Waiting or Standing.Closing):
                return $"expected it to wait, but it is {execution.Standing}";
            default:
                return null;
        }
    }
}
