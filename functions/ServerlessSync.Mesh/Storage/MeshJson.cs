using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessSync.Mesh.Storage;

/// <summary>The one JSON form of everything the mesh stores or hands to an engine: camelCase, enums by name, nulls left out.</summary>
public static class MeshJson
{
    /// <summary>The options; read-only.</summary>
    public static JsonSerializerOptions Options { get; } = Make();

    /// <summary>Writes a value as UTF-8.</summary>
    public static byte[] ToBytes<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    /// <summary>Reads a row's content.</summary>
    /// <exception cref="StoreException">The row is damaged or its content is not a <typeparamref name="T"/>.</exception>
    public static T FromRow<T>(Row row)
    {
        if (row.Damaged)
        {
            throw new StoreException(StoreFailure.Corrupt, $"Row '{row.Key}' of '{row.Partition}' is damaged: its checksum does not fit its content.");
        }

        try
        {
            return JsonSerializer.Deserialize<T>(row.Body.Span, Options) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new StoreException(StoreFailure.Corrupt, $"Row '{row.Key}' of '{row.Partition}' is not a {typeof(T).Name}.", e);
        }
    }

    static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            MaxDepth = 32,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
