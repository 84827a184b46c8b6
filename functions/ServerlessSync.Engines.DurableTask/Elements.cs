namespace ServerlessSync.Engines.DurableTask;

/// <summary>JSON text as the element that crosses into Durable Task, and back. A JSON null and no value are the same.</summary>
static class Elements
{
    public static JsonElement? Of(string? json) => json is null ? null : JsonSerializer.Deserialize<JsonElement?>(json, MeshJson.Options);

    public static string? Text(JsonElement? element) =>
        element is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } value ? null : value.GetRawText();

    public static T To<T>(JsonElement? element) => WorkflowPayload.To<T>(Text(element));
}
