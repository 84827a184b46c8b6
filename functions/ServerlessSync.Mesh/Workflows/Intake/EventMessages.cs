using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Change;

namespace ServerlessSync.Mesh.Workflows.Intake;

/// <summary>
/// Takes messages in that name recorded events. The row in the inbox decides, not the message: one that comes twice, late, or out of order does
/// no harm, and what cannot be brought into its lane now is left to the sweep. So a message is done with unless it names nothing.
/// </summary>
public sealed class EventMessages
{
    const string Kind = "dead-letter";

    readonly MeshStores _stores;
    readonly MeshConfiguration _configuration;
    readonly EventBringer _bringer;

    internal EventMessages(MeshStores stores, MeshConfiguration configuration, EventBringer bringer) =>
        (_stores, _configuration, _bringer) = (stores, configuration, bringer);

    /// <summary>Brings the event a message names into its lane.</summary>
    /// <returns>Null when the message has done its work; otherwise why it is put aside.</returns>
    /// <exception cref="StoreException">The inbox cannot be read now; the message must come again.</exception>
    public async Task<MessageRefusal?> TakeAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (ChangeMessage.Read(body) is not { } message)
        {
            return MessageRefusal.Unreadable;
        }

        var key = Inbox.KeyOf(message.Source, message.Id);
        if (!await IsRecordedAsync(key, cancellationToken))
        {
            return new MessageRefusal("unknown-event", "The inbox holds no event of this source and id.");
        }

        await _bringer.BringAsync(key, cancellationToken);
        return null;
    }

    /// <summary>
    /// Looks at a message that was put aside. An event that is recorded goes its way all the same; anything else becomes somebody's exception, after
    /// which the message may be deleted.
    /// </summary>
    /// <exception cref="StoreException">Nothing can be recorded now; the message must come again.</exception>
    public async Task TakeDeadLetterAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        if (await TakeAsync(letter.Body, cancellationToken) is { } refusal)
        {
            await OpenAsync(letter, null, refusal.Description, cancellationToken);
        }
    }

    /// <summary>
    /// Looks at a message about drift that was put aside, which may have been for want of a store: it is handed over once more. What is refused again
    /// becomes somebody's exception, after which the message may be deleted; the next comparison finds the drift again.
    /// </summary>
    /// <exception cref="StoreException">Nothing can be read or recorded now; the message must come again.</exception>
    public async Task TakeDriftDeadLetterAsync(DeadLetter letter, DriftMessages drifts, CancellationToken cancellationToken)
    {
        if (await drifts.TakeAsync(letter.Body, cancellationToken) is not { } refusal)
        {
            return;
        }

        var drift = DriftMessage.Read(letter.Body);
        var what = drift is null ? refusal.Description : $"Drift of {drift.IdentityId} in {drift.Target} was not mended: {refusal.Description}";
        await OpenAsync(letter, drift, what, cancellationToken);
    }

    /// <summary>A row that is damaged is recorded: whoever brings it hands it to its owner.</summary>
    async Task<bool> IsRecordedAsync(InboxKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await _stores.Inbox.FindAsync(key, cancellationToken) is not null;
        }
        catch (StoreException e) when (e.Failure == StoreFailure.Corrupt)
        {
            return true;
        }
    }

    Task<bool> OpenAsync(DeadLetter letter, DriftMessage? drift, string what, CancellationToken cancellationToken)
    {
        var now = _stores.Clock.GetUtcNow();
        return _stores.Exceptions.OpenAsync(
            new ExceptionItem(
                $"{drift?.IdentityId ?? Kind}:{Kind}:{letter.Queue}:{KeyText.Encode(letter.MessageId)}", Kind, drift?.IdentityId, drift?.Target, null,
                _configuration.OwnerOf("default"), $"{what} Its message lay in the dead-letter queue of {letter.Queue}: {Words.Short(letter.Reason)}",
                now, now + _configuration.Deadlines.Exception),
            cancellationToken);
    }
}
