using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Benchmarks.Intake;

/// <summary>An inbox that records nothing and takes every event for new.</summary>
sealed class AnsweringInbox : IEventInbox
{
    static readonly IReadOnlyList<bool> OneNew = [true];

    public bool HasRoom => true;

    public Task<IReadOnlyList<bool>> AcceptAsync(IReadOnlyList<ChangeEvent> events, CancellationToken cancellationToken) =>
        Task.FromResult(events.Count == 1 ? OneNew : [.. events.Select(_ => true)]);
}
