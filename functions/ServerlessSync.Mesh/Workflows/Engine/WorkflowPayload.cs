using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Workflows.Engine;

/// <summary>JSON text that crosses an engine's boundary, within <see cref="WorkflowLimits"/>.</summary>
public static class WorkflowPayload
{
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A value as text; null stays null.</summary>
    public static string? From(object? value) =>
        value is null ? null : JsonSerializer.Serialize(value, value.GetType(), MeshJson.Options);

    /// <summary>A text as a value; null is the type's default.</summary>
    /// <exception cref="JsonException">The text is not a <typeparamref name="T"/>.</exception>
    public static T To<T>(string? json) =>
        json is null ? default! : JsonSerializer.Deserialize<T>(json, MeshJson.Options)!;

    /// <summary>Whether two texts hold the same JSON, however it is set out.</summary>
    public static bool Same(string? a, string? b) =>
        string.Equals(a, b, StringComparison.Ordinal)
        || (a is not null && b is not null && JsonNode.DeepEquals(JsonNode.Parse(a), JsonNode.Parse(b)));

    /// <summary>Whether a text has at most so many bytes as UTF-8.</summary>
    public static bool Fits(string? json, int limit) =>
        json is null || json.Length <= limit / 3 || Encoding.UTF8.GetByteCount(json) <= limit;

    /// <summary>The text itself when it fits.</summary>
    /// <param name="json">The text.</param>
    /// <param name="limit">Bytes as UTF-8.</param>
    /// <param name="what">What the error calls it.</param>
    /// <exception cref="ArgumentException">The text is larger than the limit.</exception>
    public static string? WithinLimit(string? json, int limit, string what) =>
        Fits(json, limit) ? json : throw new ArgumentException($"{what} is larger than the limit of {limit} bytes.", nameof(json));

    /// <summary>Checks what a caller handed over; null passes.</summary>
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
