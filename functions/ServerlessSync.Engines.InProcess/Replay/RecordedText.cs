using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessSync.Engines.InProcess.Replay;

/// <summary>The text form of a recorded run.</summary>
sealed record RecordedText
{
    public required string Workflow { get; init; }

    public required string Version { get; init; }

    public required string InstanceId { get; init; }

    public required WorkflowStatus Status { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement Output { get; init; }

    public WorkflowFailure? Failure { get; init; }

    public required IReadOnlyList<RecordedGeneration> Generations { get; init; }
}

/// <summary>One generation: its input and the events stored for it.</summary>
sealed record RecordedGeneration(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] JsonElement Input, IReadOnlyList<RecordedEvent> Events);

/// <summary>One event with the names of its fields written out.</summary>
sealed record RecordedEvent
{
    public required EventKind Kind { get; init; }

    public int? Task { get; init; }

    public string? Name { get; init; }

    public string? Target { get; init; }

    public string? Words { get; init; }

    /// <summary>Start of a turn, due time of a timer.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The first task of a generation that continues another.</summary>
    public long? FirstTask { get; init; }

    public int? Guids { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public JsonElement Payload { get; init; }

    public static RecordedEvent From(HistoryEvent e) => new()
    {
        Kind = e.Kind,
        Task = e.Id < 0 ? null : e.Id,
        Name = e.Name,
        Target = e.Target,
        Words = e.Text,
        At = e.Kind != EventKind.GenerationBegun && e.Ticks > 0 ? new DateTimeOffset(e.Ticks, TimeSpan.Zero) : null,
        FirstTask = e.Kind == EventKind.GenerationBegun ? e.Ticks : null,
        Guids = e.Kind == EventKind.GenerationBegun ? e.Guids : null,
        Payload = Json(e.Payload),
    };

    public HistoryEvent ToEvent() => new(Kind)
    {
        Id = Task ?? -1,
        Name = Name,
        Target = Target,
        Text = Words,
        Ticks = FirstTask ?? At?.UtcTicks ?? 0,
        Guids = Guids ?? 0,
        Payload = Text(Payload),
    };

    public static JsonElement Json(string? text) => text is null ? default : JsonElement.Parse(text);

    public static string? Text(JsonElement json) => json.ValueKind == JsonValueKind.Undefined ? null : json.GetRawText();
}
