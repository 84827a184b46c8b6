using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Web.Intake;

/// <summary>What a request says of all events in it.</summary>
/// <param name="WebhookId">Id of the webhook.</param>
/// <param name="SentAt">When it was signed, by the sender's clock.</param>
/// <param name="ReceivedAt">When it came, by ours.</param>
readonly record struct Delivery(string WebhookId, DateTimeOffset SentAt, DateTimeOffset ReceivedAt);

/// <summary>What was read from a request: events, and how many it held twice; or why nothing was.</summary>
readonly record struct Received(IReadOnlyList<ChangeEvent> Events, int Repeated, Refusal? Refusal)
{
    public static implicit operator Received(Refusal refusal) => new([], 0, refusal);
}
