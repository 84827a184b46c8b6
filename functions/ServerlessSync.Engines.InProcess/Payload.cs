using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessSync.Engines.InProcess;

/// <summary>JSON text that crosses the engine's boundary, within its limits.</summary>
static class Payload
{
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string? From(object? value) =>
        value is null ? null : JsonSerializer.Serialize(value, value.GetType(), MeshJson.Options);

    public static T To<T>(string? json) =>
        json is null ? default! : JsonSerializer.Deserialize<T>(json, MeshJson.Options)!;

    /// <summary>Whether two texts hold the same JSON, however it is set out.</summary>
    public static bool Same(string? a, string? b) =>
        string.Equals(a, b, StringComparison.Ordinal)
        || (a is not null && b is not null && JsonNode.DeepEquals(JsonNode.Parse(a), JsonNode.Parse(b)));

    public static bool Fits(string? json, int limit) =>
        json is null || json.Length <= limit / 3 || Encoding.UTF8.GetByteCount(json) <= limit;

    /// <exception cref="ArgumentException">The text is larger than the limit.</exception>
    public static string? WithinLimit(string? json, int limit, string what) =>
        Fits(json, limit) ? json : throw new ArgumentException($"{what} is larger than the limit of {limit} bytes.", nameof(json));

    /// <exception cref="ArgumentException">The text is no JSON, or larger or deeper than a payload may be.</exception>
    public static void Check(string? json, string parameter)
    {
        if (json is null)
        {
            return;
        }

        if (!Fits(json, WorkflowLimits.PayloadBytes))
        {
            throw new ArgumentException($"Larger than the limit of {WorkflowLimits.PayloadBytes} bytes.", parameter);
        }

        try
        {
            var reader = new Utf8JsonReader(Strict.GetBytes(json), new JsonReaderOptions { MaxDepth = WorkflowLimits.PayloadDepth + 1 });
            while (reader.Read())
            {
                if (reader.CurrentDepth >= WorkflowLimits.PayloadDepth && reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
                {
                    throw new ArgumentException($"Nested deeper than the limit of {WorkflowLimits.PayloadDepth} levels.", parameter);
                }
            }
        }
        catch (Exception e) when (e is JsonException or EncoderFallbackException)
        {
            throw new ArgumentException("Not JSON.", parameter, e);
        }
    }
}
