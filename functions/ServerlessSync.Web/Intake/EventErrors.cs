using ServerlessSync.Web.Http;

namespace ServerlessSync.Web.Intake;

/// <summary>What is wrong with the events of one request, kept short enough to answer.</summary>
sealed class EventErrors
{
    const int MaxListed = 200;

    readonly List<FieldError> _errors = [];

    /// <summary>Place in the batch of the event being read; null for a single event.</summary>
    public int? Index { get; set; }

    public int Count { get; private set; }

    public bool HasUnknownType { get; private set; }

    public void Add(string field, string detail)
    {
        Count++;
        if (_errors.Count < MaxListed)
        {
            _errors.Add(new(Index, field, detail));
        }
    }

    public void AddUnknownType(string field)
    {
        HasUnknownType = true;
        Add(field, "is not an event type of this source");
    }

    public Refusal ToRefusal() => Refusal.Events(HasUnknownType ? RefusalReason.UnknownEventType : RefusalReason.InvalidEvent, _errors);
}
