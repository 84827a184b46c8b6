using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Web.Intake;

/// <summary>
/// Turns one event of a source's payload into the canonical event, as the source's configuration declares. Attributes are read for
/// <see cref="ChangeKind.Changed"/> alone; other kinds carry no record. A sequence counts only where the source declares one.
/// </summary>
sealed class EventMapping
{
    /// <summary>Largest event, as JSON.</summary>
    public const int MaxEventBytes = 192 * 1024;

    readonly SourceConfiguration _source;
    readonly FieldPath _id;
    readonly FieldPath _type;
    readonly FieldPath _sequence;
    readonly FieldPath _occurredAt;
    readonly FieldPath _data;
    readonly FrozenDictionary<string, FieldPath> _paths;
    readonly (string Attribute, Template Template, bool Required)[] _map;

    public EventMapping(SourceConfiguration source)
    {
        if (source.Required.FirstOrDefault(attribute => !source.Map.ContainsKey(attribute)) is { } unmapped)
        {
            throw new FormatException($"Source '{source.Name}' requires '{unmapped}' and maps nothing to it.");
        }

        var envelope = source.Envelope;
        _source = source;
        _id = new(envelope.Id);
        _type = new(envelope.Type);
        _sequence = new(envelope.Sequence);
        _occurredAt = new(envelope.OccurredAt);
        _data = new(envelope.Data);
        _paths = source.Map.Values.Append(source.Anchor).SelectMany(template => template.Paths).Distinct().ToFrozenDictionary(path => path, path => new FieldPath(path));
        _map = [.. source.Map.Select(entry => (entry.Key, entry.Value, source.Required.Contains(entry.Key)))];
    }

    public RecordReader NewReader(EventErrors errors) => new(_paths, _data.IsEmpty ? "" : _data + ".", errors);

    /// <summary>Reads one event; null when an error was added.</summary>
    public ChangeEvent? Read(JsonElement item, Delivery delivery, RecordReader reader, EventErrors errors)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            errors.Add("", "must be an object");
            return null;
        }

        var before = errors.Count;
        var kind = ReadKind(item, errors);
        var id = ReadId(item, delivery.WebhookId, errors);
        var sequence = _source.SequenceGiven ? ReadSequence(item, errors) : null;
        var occurredAt = ReadTime(item, delivery.SentAt, errors);
        if (!_data.TryFind(item, out var record) || record.ValueKind != JsonValueKind.Object)
        {
            errors.Add(_data.ToString(), "is missing, or not an object");
            return null;
        }

        reader.Record = record;
        var subject = reader.Require(_source.Anchor, "the subject's key");
        CheckKey(reader.FieldOf(_source.Anchor), subject, errors);
        IReadOnlyDictionary<string, string> data = kind == ChangeKind.Changed ? ReadAttributes(reader, errors) : FrozenDictionary<string, string>.Empty;
        return errors.Count > before
            ? null
            : new ChangeEvent
            {
                Id = id,
                Source = _source.Name,
                Subject = subject!,
                Kind = kind!.Value,
                IdentityKind = _source.Identity,
                Sequence = sequence,
                OccurredAt = occurredAt,
                ReceivedAt = delivery.ReceivedAt,
                Data = data,
            };
    }

    static void CheckKey(string field, string? key, EventErrors errors)
    {
        if (key is not null && TextRules.FaultOfKey(key) is { } fault)
        {
            errors.Add(field, fault);
        }
    }

    ChangeKind? ReadKind(JsonElement item, EventErrors errors)
    {
        if (!_type.TryFind(item, out var value) || !FieldPath.TryGetText(value, out var type) || type!.Length == 0)
        {
            errors.Add(_type.ToString(), "is missing, or no text");
            return null;
        }

        if (_source.Events.TryGetValue(type, out var kind))
        {
            return kind;
        }

        errors.AddUnknownType(_type.ToString());
        return null;
    }

    string ReadId(JsonElement item, string webhookId, EventErrors errors)
    {
        if (!_id.IsEmpty && _id.TryFind(item, out var value))
        {
            if (FieldPath.TryGetText(value, out var id) && !string.IsNullOrWhiteSpace(id))
            {
                CheckKey(_id.ToString(), id, errors);
                return id;
            }

            errors.Add(_id.ToString(), "must be a text or a number, not empty; or be left out");
        }

        return errors.Index is { } index ? string.Create(CultureInfo.InvariantCulture, $"{webhookId}-{index}") : webhookId;
    }

    long? ReadSequence(JsonElement item, EventErrors errors)
    {
        if (_sequence.TryFind(item, out var value)
            && FieldPath.TryGetText(value, out var text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            return sequence;
        }

        errors.Add(_sequence.ToString(), string.Create(CultureInfo.InvariantCulture, $"must be a whole number from 0 to {long.MaxValue}, in digits"));
        return null;
    }

    DateTimeOffset ReadTime(JsonElement item, DateTimeOffset otherwise, EventErrors errors)
    {
        if (_occurredAt.IsEmpty || !_occurredAt.TryFind(item, out var value))
        {
            return otherwise;
        }

        // A time without an offset is UTC; TryGetDateTimeOffset alone would take the machine's zone.
        if (value.ValueKind == JsonValueKind.String && value.TryGetDateTime(out var time) && value.TryGetDateTimeOffset(out var withOffset))
        {
            return time.Kind == DateTimeKind.Unspecified ? new(time, TimeSpan.Zero) : withOffset.ToUniversalTime();
        }

        errors.Add(_occurredAt.ToString(), "must be an ISO 8601 date and time");
        return otherwise;
    }

    Dictionary<string, string> ReadAttributes(RecordReader reader, EventErrors errors)
    {
        var data = new Dictionary<string, string>(_map.Length);
        foreach (var (attribute, template, required) in _map)
        {
            if ((required ? reader.Require(template, attribute) : reader.Render(template)) is { } text)
            {
                if (TextRules.FaultOf(attribute, text) is { } fault)
                {
                    errors.Add(reader.FieldOf(template), fault);
                }

                data[attribute] = TextRules.Prepare(attribute, text);
            }
        }

        return data;
    }
}
