using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Tests.Reconciliation;

/// <summary>Begins comparisons as the workflow does, and ends them at once.</summary>
sealed class BegunComparisons(MeshStores stores) : IReconciliationRequests
{
    readonly Lock _gate = new();

    public List<ReconciliationRequest> Asked { get; } = [];

    public List<(ReconciliationRequest Request, DateTimeOffset At)> Begun { get; } = [];

    public bool Ends { get; set; } = true;

    public ReconciliationOutcome Outcome { get; set; } = ReconciliationOutcome.Completed;

    public bool Refuses { get; set; }

    /// <summary>Whether the workflows of comparisons that have not ended are gone.</summary>
    public bool Dead { get; set; }

    public string? FailsFor { get; set; }

    public Exception? Failure { get; set; }

    public async Task<bool> IsUnderWayAsync(string target, CancellationToken cancellationToken) =>
        !Dead && await stores.Reconciliations.FindLastAsync(target, cancellationToken) is { EndedAt: null };

    public Task EndDeadAsync(string target, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<ReconciliationAnswer> StartAsync(ReconciliationRequest request, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Asked.Add(request);
        }

        if (Failure is not null || request.Target == FailsFor)
        {
            throw Failure ?? new InvalidOperationException("away");
        }

        if (Refuses)
        {
            return new ReconciliationAnswer(ReconciliationDecision.Refused, Reason: "not now");
        }

        var now = stores.Clock.GetUtcNow();
        await stores.Reconciliations.BeginAsync(
            request.Target,
            request.Run,
            number =>
            {
                lock (_gate)
                {
                    if (!Begun.Exists(b => b.Request.Run == request.Run))
                    {
                        Begun.Add((request, now));
                    }
                }

                return new ReconciliationRun
                {
                    Target = request.Target, Number = number, Run = request.Run, AskedBy = request.AskedBy, DryRun = request.DryRun, Mode = request.Mode, Configuration = "c", StartedAt = now,
                    EndedAt = Ends ? now : null, Outcome = Ends ? Outcome : ReconciliationOutcome.Running,
                };
            },
            cancellationToken);
        return new ReconciliationAnswer(ReconciliationDecision.Started, request.Run);
    }

    public Task<ReconciliationAnswer> ApplyAsync(string target, string planHash, string askedBy, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A schedule applies no plan.");

    public Task<PauseAnswer> PauseAsync(string target, string askedBy, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A schedule pauses nothing.");

    public Task<PauseAnswer> ResumeAsync(string target, string askedBy, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A schedule pauses nothing.");

    public Task<ReconciliationRun?> EndAsync() => stores.Reconciliations.ChangeAsync("saas", Begun[^1].Request.Run, r => r with { EndedAt = stores.Clock.GetUtcNow() }, CancellationToken.None);
}
