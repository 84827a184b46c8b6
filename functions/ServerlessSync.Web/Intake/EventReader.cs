using System.Runtime.InteropServices;
using System.Text.Json;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Web.Intake;

/// <summary>Reads a verified payload: one event, or a batch that is taken whole or not at all.</summary>
sealed class EventReader(SourceConfiguration source)
{
    /// <summary>Most events in a batch: as many as one commit of the weakest store holds.</summary>
    public const int MaxBatch = StoreLimits.BatchRows;

    readonly EventMapping _mapping = new(source);
    readonly FieldPath _batch = new(source.Envelope.Batch);

    public Received Read(JsonElement root, Delivery delivery)
    {
        if (root.ValueKind == JsonValueKind.Array)
        {
            return ReadBatch(root, delivery);
        }

        return !_batch.IsEmpty && _batch.TryFind(root, out var batch) && batch.ValueKind == JsonValueKind.Array
            ? ReadBatch(batch, delivery)
            : ReadOne(root, delivery);
    }

    Received ReadOne(JsonElement item, Delivery delivery)
    {
        if (SizeOf(item) > EventMapping.MaxEventBytes)
        {
            return Refusal.EventTooLarge;
        }

        var errors = new EventErrors();
        return _mapping.Read(item, delivery, _mapping.NewReader(errors), errors) is { } read
            ? new Received([read], 0, null)
            : errors.ToRefusal();
    }

    Received ReadBatch(JsonElement batch, Delivery delivery)
    {
        var count = batch.GetArrayLength();
        if (count is 0 or > MaxBatch)
        {
            return count == 0 ? Refusal.EmptyBatch : Refusal.BatchTooLarge;
        }

        var errors = new EventErrors();
        var reader = _mapping.NewReader(errors);
        var events = new List<ChangeEvent>(count);
        var first = new Dictionary<string, int>(count);
        var index = 0;
        foreach (var item in batch.EnumerateArray())
        {
            errors.Index = index;
            if (SizeOf(item) > EventMapping.MaxEventBytes)
            {
                errors.Add("", Refusal.EventTooLarge.Problem.Detail!);
            }
            else if (_mapping.Read(item, delivery, reader, errors) is { } read && IsFirst(read.Id, index, batch, first, errors))
            {
                events.Add(read);
            }

            index++;
        }

        return errors.Count > 0 ? errors.ToRefusal() : new Received(events, count - events.Count, null);
    }

    static int SizeOf(JsonElement item) => JsonMarshal.GetRawUtf8Value(item).Length;

    // The same event twice is a duplicate; another event under the same id would be lost silently, so it is an error.
    bool IsFirst(string id, int index, JsonElement batch, Dictionary<string, int> first, EventErrors errors)
    {
        if (first.TryAdd(id, index))
        {
            return true;
        }

        if (!JsonMarshal.GetRawUtf8Value(batch[first[id]]).SequenceEqual(JsonMarshal.GetRawUtf8Value(batch[index])))
        {
            errors.Add(source.Envelope.Id, "is the id of another event of this batch");
        }

        return false;
    }
}
