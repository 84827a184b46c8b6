using System.Buffers.Text;
using System.Text.Json;

namespace ServerlessSync.Storage.Tables.Client;

/// <summary>Entities from JSON. Whatever is wrong with one entity is told by that entity; only an answer that is no answer throws.</summary>
static class TableEntityReader
{
    /// <summary>Reads the answer to a read of one entity.</summary>
    /// <exception cref="JsonException">It is not an entity.</exception>
    public static TableEntity Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return ReadEntity(ref reader);
    }

    /// <summary>Reads the answer to a query.</summary>
    /// <exception cref="JsonException">It is not a page of entities.</exception>
    public static void ReadPage(ReadOnlySpan<byte> json, List<TableEntity> entities)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        Require(reader.TokenType == JsonTokenType.StartObject);
        var found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isPage = reader.ValueTextEquals("value"u8);
            reader.Read();
            if (!isPage)
            {
                reader.Skip();
                continue;
            }

            found = true;
            Require(reader.TokenType == JsonTokenType.StartArray);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                entities.Add(ReadEntity(ref reader));
            }
        }

        Require(found);
    }

    static TableEntity ReadEntity(ref Utf8JsonReader reader)
    {
        Require(reader.TokenType == JsonTokenType.StartObject);
        var parts = new Parts();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            parts.Take(ref reader);
        }

        Require(parts is { Partition: not null, Key: not null });
        return new TableEntity(parts.Partition!, parts.Key!)
        {
            ETag = parts.ETag,
            Operations = parts.Operations,
            Checksum = parts.Checksum,
            Body = parts.Body(),
        };
    }

    static void Require(bool holds)
    {
        if (!holds)
        {
            throw new JsonException("The answer is not what was asked for.");
        }
    }

    /// <summary>The properties of one entity, in whatever order they come.</summary>
    struct Parts()
    {
        byte[]? _first;
        byte[]?[]? _more;
        bool _broken;

        public string? Partition { get; private set; }

        public string? Key { get; private set; }

        public string ETag { get; private set; } = string.Empty;

        public string Operations { get; private set; } = string.Empty;

        public uint? Checksum { get; private set; }

        public void Take(ref Utf8JsonReader reader)
        {
            if (ChunkOf(reader.ValueSpan) is { } chunk)
            {
                reader.Read();
                TakeChunk(ref reader, chunk);
                return;
            }

            if (reader.ValueTextEquals("C"u8))
            {
                reader.Read();
                Checksum = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var value) ? unchecked((uint)value) : null;
                reader.Skip();
                return;
            }

            TakeText(ref reader);
        }

        /// <summary>The content, or null when a part of it is missing.</summary>
        public readonly ReadOnlyMemory<byte>? Body()
        {
            if (_broken || (_first is null && _more is not null))
            {
                return null;
            }

            if (_more is null)
            {
                return new ReadOnlyMemory<byte>(_first);
            }

            var count = Array.FindLastIndex(_more, part => part is not null) + 1;
            return Array.IndexOf(_more, null, 0, count) < 0 ? Join(_first!, _more.AsSpan(0, count)) : null;
        }

        static ReadOnlyMemory<byte> Join(byte[] first, ReadOnlySpan<byte[]?> more)
        {
            var length = first.Length;
            foreach (var part in more)
            {
                length += part!.Length;
            }

            var body = new byte[length];
            first.CopyTo(body, 0);
            var at = first.Length;
            foreach (var part in more)
            {
                part!.CopyTo(body, at);
                at += part.Length;
            }

            return body;
        }

        static int? ChunkOf(ReadOnlySpan<byte> name) =>
            name.Length is 2 or 3 && name[0] == 'D' && Utf8Parser.TryParse(name[1..], out byte number, out var used) && used == name.Length - 1 ? number : null;

        void TakeChunk(ref Utf8JsonReader reader, int chunk)
        {
            if (reader.TokenType != JsonTokenType.String || !reader.TryGetBytesFromBase64(out var bytes))
            {
                _broken = true;
                reader.Skip();
            }
            else if (chunk == 0)
            {
                _first = bytes;
            }
            else
            {
                _more ??= new byte[]?[99];
                _more[chunk - 1] = bytes;
            }
        }

        void TakeText(ref Utf8JsonReader reader)
        {
            var property = reader.ValueTextEquals("PartitionKey"u8) ? 'P'
                : reader.ValueTextEquals("RowKey"u8) ? 'R'
                : reader.ValueTextEquals("odata.etag"u8) ? 'E'
                : reader.ValueTextEquals("O"u8) ? 'O' : ' ';
            reader.Read();
            if (property == ' ' || reader.TokenType != JsonTokenType.String)
            {
                reader.Skip();
                return;
            }

            var text = reader.GetString()!;
            (Partition, Key, ETag, Operations) = property switch
            {
                'P' => (text, Key, ETag, Operations),
                'R' => (Partition, text, ETag, Operations),
                'E' => (Partition, Key, text, Operations),
                _ => (Partition, Key, ETag, text),
            };
        }
    }
}
