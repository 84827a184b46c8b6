namespace ServerlessSync.Mesh.Messaging;

/// <summary>A message on its way to a queue.</summary>
public sealed record QueueMessage
{
    /// <summary>Characters of a message's id and of its session's
    /// (<see href="https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas"/>).</summary>
    public const int IdChars = 128;

    /// <summary>Bytes of a body: keys alone, so a small part of what the broker takes.</summary>
    public const int BodyBytes = 32 * 1024;

    /// <summary>Makes one.</summary>
    /// <param name="id">The same for the same message sent again.</param>
    /// <param name="session">Messages of one session keep their order.</param>
    /// <param name="body">Keys of what is recorded, as JSON.</param>
    /// <exception cref="ArgumentException">An id is empty or too long, or the body too large.</exception>
    public QueueMessage(string id, string session, ReadOnlyMemory<byte> body)
    {
        RequireId(id, nameof(id));
        RequireId(session, nameof(session));
        if (body.Length > BodyBytes)
        {
            throw new ArgumentException($"A body has at most {BodyBytes} bytes; this one has {body.Length}.", nameof(body));
        }

        (Id, Session, Body) = (id, session, body);
    }

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>Id of its session.</summary>
    public string Session { get; }

    /// <summary>What it says.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    static void RequireId(string id, string name)
    {
        if (id.Length is 0 or > IdChars)
        {
            throw new ArgumentException($"An id has 1 to {IdChars} characters; this one has {id.Length}.", name);
        }
    }
}
