using System.Globalization;
using Microsoft.AspNetCore.Http;
using ServerlessSync.Web.Http;

namespace ServerlessSync.Web.Intake;

/// <summary>A refusal: what is counted and what is answered.</summary>
sealed record Refusal(RefusalReason Reason, Problem Problem)
{
    // One answer for everything about the signature: who guesses learns nothing.
    static readonly Problem NotAuthentic = new(StatusCodes.Status401Unauthorized, "unauthorized", "Unauthorized");

    public static Refusal UnknownSource { get; } = new(RefusalReason.UnknownSource, Problem.NotFound("No source of this name takes webhooks."));

    public static Refusal NotSigned { get; } = new(RefusalReason.NotSigned, NotAuthentic);

    public static Refusal BadSignature { get; } = new(RefusalReason.BadSignature, NotAuthentic);

    public static Refusal Stale { get; } = new(RefusalReason.Stale, NotAuthentic);

    public static Refusal EventTooLarge { get; } = new(
        RefusalReason.TooLarge,
        new(
            StatusCodes.Status413PayloadTooLarge,
            "event-too-large",
            "Event too large",
            string.Create(CultureInfo.InvariantCulture, $"One event holds at most {EventMapping.MaxEventBytes} bytes (192 KiB).")));

    public static Refusal BatchTooLarge { get; } = new(
        RefusalReason.TooLarge,
        new(
            StatusCodes.Status413PayloadTooLarge,
            "batch-too-large",
            "Batch too large",
            string.Create(CultureInfo.InvariantCulture, $"A batch holds 1 to {EventReader.MaxBatch} events.")));

    public static Refusal EmptyBatch { get; } = Malformed(
        string.Create(CultureInfo.InvariantCulture, $"A batch holds 1 to {EventReader.MaxBatch} events."));

    public static Refusal StoreUnavailable { get; } = new(
        RefusalReason.StoreUnavailable,
        Problem.Unavailable(
            TimeSpan.FromSeconds(5),
            "The store cannot record now. Send it again with the same webhook-id; what was recorded already is recognised."));

    public static Refusal Full { get; } = new(RefusalReason.Overloaded, Occupancy.Full);

    public static Refusal Backlog { get; } = new(
        RefusalReason.Overloaded,
        Problem.Unavailable(TimeSpan.FromSeconds(30), "Too many events wait for their turn already. Send it again later with the same webhook-id."));

    public static Refusal UnsupportedMediaType(Problem problem) => new(RefusalReason.UnsupportedMediaType, problem);

    public static Refusal Malformed(string detail) =>
        new(RefusalReason.Malformed, new(StatusCodes.Status400BadRequest, "malformed", "Malformed body", detail));

    public static Refusal Body(BodyResult result) => new(
        result switch
        {
            BodyResult.TooLarge => RefusalReason.TooLarge,
            BodyResult.TooSlow => RefusalReason.TooSlow,
            BodyResult.NoRoom => RefusalReason.Overloaded,
            _ => RefusalReason.Malformed,
        },
        RequestBody.ProblemOf(result));

    public static Refusal Events(RefusalReason reason, IReadOnlyList<FieldError> errors) => new(
        reason,
        new(
            StatusCodes.Status400BadRequest,
            reason == RefusalReason.UnknownEventType ? "unknown-event-type" : "invalid-event",
            "Event not understood",
            "Nothing was accepted; errors lists what is wrong.")
        {
            Errors = errors,
        });
}
