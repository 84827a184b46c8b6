using System.Text.Encodings.Web;
using System.Text.Json;

namespace ServerlessSync.Storage.Tables.Client;

/// <summary>Entities as JSON.</summary>
static class TableEntityWriter
{
    const int Framing = 1024;

    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    static readonly JsonEncodedText[] Names = [.. Enumerable.Range(0, Chunks(StoreLimits.RowBytes)).Select(i => JsonEncodedText.Encode($"D{i}"))];
    static readonly JsonEncodedText[] Types = [.. Names.Select(name => JsonEncodedText.Encode(name.Value + "@odata.type"))];

    /// <summary>About how many bytes an entity takes.</summary>
    public static int Estimate(TableEntity entity) => Framing + ((entity.Body?.Length ?? 0) / 3 * 4);

    public static void Write(PooledBuffer buffer, TableEntity entity)
    {
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        json.WriteString("PartitionKey"u8, entity.PartitionKey);
        json.WriteString("RowKey"u8, entity.RowKey);
        if (entity.Checksum is { } checksum)
        {
            json.WriteNumber("C"u8, unchecked((int)checksum));
        }

        json.WriteString("O"u8, entity.Operations);
        var body = entity.Body.GetValueOrDefault().Span;
        for (var chunk = 0; !body.IsEmpty; chunk++)
        {
            var part = body[..Math.Min(body.Length, TableEntity.ChunkBytes)];
            json.WriteString(Types[chunk], "Edm.Binary"u8);
            json.WriteBase64String(Names[chunk], part);
            body = body[part.Length..];
        }

        json.WriteEndObject();
    }

    static int Chunks(int bytes) => (bytes + TableEntity.ChunkBytes - 1) / TableEntity.ChunkBytes;
}
