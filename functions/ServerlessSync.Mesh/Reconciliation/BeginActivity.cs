using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Change;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Input of the activity that begins a comparison.</summary>
sealed record BeginInput(string Run, ReconcileInput Asked);

/// <summary>What came of it.</summary>
/// <param name="Refused">Why it does not begin; null when it does.</param>
/// <param name="Number">Its number.</param>
/// <param name="Retry">How calls that fail at the target are repeated.</param>
/// <param name="Waits">Whether it may begin in a while: what is under way is a comparison of changes, and this one is complete.</param>
sealed record BeginAnswer(string? Refused, long Number, RetrySchedule Retry, bool Waits = false);

/// <summary>Begins a comparison, unless one of the target is under way whose workflow is alive.</summary>
sealed class BeginActivity(ReconcileServices services) : IActivity<BeginInput, BeginAnswer>
{
    static readonly RetrySchedule Never = new(1, TimeSpan.Zero, 1, TimeSpan.Zero);

    public async Task<BeginAnswer> RunAsync(BeginInput input, CancellationToken cancellationToken)
    {
        var asked = input.Asked;
        if (services.Configuration.Targets.GetValueOrDefault(asked.Target) is not { } target)
        {
            return new BeginAnswer($"there is no target '{asked.Target}' in mesh.yaml", 0, Never);
        }

        await new DeadComparisons(services).EndAsync(asked.Target, input.Run, cancellationToken);
        var run = await services.Stores.Reconciliations.BeginAsync(asked.Target, input.Run, number => Row(number, input), cancellationToken);
        var retry = target.Retry;
        return run.Run == input.Run
            ? new BeginAnswer(null, run.Number, new RetrySchedule(retry.Attempts, retry.First, retry.Factor, retry.Longest))
            : new BeginAnswer($"comparison {run.Number} of {asked.Target} is under way", run.Number, Never, Waits: asked.Mode != run.Mode && run.Mode == ReconciliationMode.Changes);
    }

    ReconciliationRun Row(long number, BeginInput input) => new()
    {
        Target = input.Asked.Target,
        Number = number,
        Run = input.Run,
        AskedBy = input.Asked.AskedBy,
        DryRun = input.Asked.DryRun,
        Mode = input.Asked.Mode,
        Approved = input.Asked.PlanHash,
        Note = input.Asked.Note,
        Configuration = services.Configuration.Hash,
        StartedAt = services.Stores.Clock.GetUtcNow(),
    };
}
