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
    /// <param name="row">The row.</param>
    /// <param name="table">The table it lies in, so that whoever must mend it is told.</param>
    /// <exception cref="StoreException">The row is damaged or its content is not a <typeparamref name="T"/>.</exception>
    public static T FromRow<T>(Row row, string? table = null)
    {
        if (row.Damaged)
        {
            throw Corrupt(row, table, "is damaged: its checksum does not fit its content.", null);
        }

        try
        {
            return JsonSerializer.Deserialize<T>(row.Body.Span, Options) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw Corrupt(row, table, $"is not a {typeof(T).Name}.", e);
        }
    }

    static StoreException Corrupt(Row row, string? table, string what, JsonException? cause) =>
        new(StoreFailure.Corrupt, $"Row '{row.Key}' of '{row.Partition}'{(table is null ? "" : $" in {table}")} {what}", cause)
        {
            Row = table is null ? null : new RowAddress(table, row.Partition, row.Key),
        };

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
