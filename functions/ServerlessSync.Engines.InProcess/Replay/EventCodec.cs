using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ServerlessSync.Engines.InProcess.Replay;

/// <summary>Events as compact UTF-8 JSON objects with one-letter names. Payloads are JSON already and are put in as they are.</summary>
static class EventCodec
{
    static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = WorkflowLimits.PayloadDepth + 2,
        SkipValidation = true,
    };

    [ThreadStatic]
    static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer)? _reused;

    /// <summary>Encodes events one behind the other in one array.</summary>
    public static ReadOnlyMemory<byte>[] Encode(IReadOnlyList<HistoryEvent> events)
    {
        if (events.Count == 0)
        {
            return [];
        }

        var (buffer, writer) = _reused ??= New();
        var slices = new ReadOnlyMemory<byte>[events.Count];
        Span<int> ends = events.Count <= 64 ? stackalloc int[events.Count] : new int[events.Count];
        for (var i = 0; i < events.Count; i++)
        {
            writer.Reset(buffer);
            Write(writer, events[i]);
            writer.Flush();
            ends[i] = buffer.WrittenCount;
        }

        var bytes = buffer.WrittenSpan.ToArray();
        buffer.ResetWrittenCount();
        for (var i = 0; i < slices.Length; i++)
        {
            var start = i == 0 ? 0 : ends[i - 1];
            slices[i] = bytes.AsMemory(start, ends[i] - start);
        }

        return slices;
    }

    public static ReadOnlyMemory<byte> Encode(HistoryEvent value) => Encode([value])[0];

    /// <exception cref="JsonException">The bytes are no event.</exception>
    public static HistoryEvent Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Read(bytes);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException)
        {
            throw new JsonException("A stored event holds a value of an unexpected kind.", e);
        }
    }

    /// <exception cref="StoreException">One of the events is damaged.</exception>
    public static List<HistoryEvent> Decode(string instanceId, IEnumerable<ReadOnlyMemory<byte>> stored)
    {
        List<HistoryEvent> events = [];
        foreach (var bytes in stored)
        {
            try
            {
                events.Add(Decode(bytes.Span));
            }
            catch (JsonException e)
            {
                throw new StoreException(StoreFailure.Corrupt, $"Event {events.Count + 1} stored for run '{instanceId}' is damaged: {e.Message}", e);
            }
        }

        return events;
    }

    static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer) New()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        return (buffer, new Utf8JsonWriter(buffer, Options));
    }

    static void Write(Utf8JsonWriter writer, HistoryEvent value)
    {
        writer.WriteStartObject();
        writer.WriteNumber("k"u8, (int)value.Kind);
        WriteNumber(writer, "i"u8, value.Id, without: -1);
        WriteNumber(writer, "t"u8, value.Ticks, without: 0);
        WriteNumber(writer, "g"u8, value.Guids, without: 0);
        WriteText(writer, "n"u8, value.Name);
        WriteText(writer, "a"u8, value.Target);
        WriteText(writer, "x"u8, value.Text);
        if (value.Payload is { } payload)
        {
            writer.WritePropertyName("p"u8);
            writer.WriteRawValue(payload, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }

    static void WriteNumber(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long value, long without)
    {
        if (value != without)
        {
            writer.WriteNumber(name, value);
        }
    }

    static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    static HistoryEvent Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = WorkflowLimits.PayloadDepth + 2 });
        var fields = default(Fields);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A stored event is no object.");
        }

        fields.Id = -1;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            fields.Read(ref reader, bytes);
        }

        if (fields.Kind == 0 || !Enum.IsDefined((EventKind)fields.Kind))
        {
            throw new JsonException($"A stored event is of the unknown kind {fields.Kind}.");
        }

        return fields.ToEvent();
    }

    struct Fields
    {
        public int Kind;
        public int Id;
        int _guids;
        long _ticks;
        string? _name;
        string? _target;
        string? _text;
        string? _payload;

        public void Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes)
        {
            var name = (char)(reader.ValueSpan.Length == 1 ? reader.ValueSpan[0] : 0);
            reader.Read();
            switch (name)
            {
                case 'k': Kind = reader.GetInt32(); break;
                case 'i': Id = reader.GetInt32(); break;
                case 't': _ticks = reader.GetInt64(); break;
                case 'g': _guids = reader.GetInt32(); break;
                case 'n': _name = reader.GetString(); break;
                case 'a': _target = reader.GetString(); break;
                case 'x': _text = reader.GetString(); break;
                case 'p': _payload = Raw(ref reader, bytes); break;
                default: throw new JsonException("A stored event has an unknown field.");
            }
        }

        public readonly HistoryEvent ToEvent() => new((EventKind)Kind)
        {
            Id = Id,
            Guids = _guids,
            Ticks = _ticks,
            Name = _name,
            Target = _target,
            Text = _text,
            Payload = _payload,
        };

        static string Raw(ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            return System.Text.Encoding.UTF8.GetString(bytes[start..(int)reader.BytesConsumed]);
        }
    }
}
