using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Mesh.Workflows.Change;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Calls one part of a comparison until it is through, up to 50 times a generation. A target that fails is tried again in bounds. Its result is
/// why the comparison is given up, or null.
/// </summary>
public sealed class ReconcilePartWorkflow : IWorkflow<PartInput, string?>
{
    /// <summary>Calls of one generation of history.</summary>
    public const int CallsAtMost = 50;

    /// <inheritdoc/>
    public async Task<string?> RunAsync(WorkflowContext context, PartInput input)
    {
        var calls = new PatientCalls(context);
        var at = input;
        for (var made = 0; made < CallsAtMost; made++)
        {
            calls.Show(new { at.Call.Part, at.Call.Number, at.Attempt });
            var answer = await StoreCall.RunAsync<PartAnswer>(calls, WorkflowNames.ReconcileWork, at.Call with { LastAttempt = at.Attempt >= at.Retry.Attempts });
            var wait = answer.Wait;
            if (answer.Abandoned is not null)
            {
                return answer.Abandoned;
            }

            if (answer.Cursor is not null)
            {
                at = at with { Attempt = 1, Call = at.Call with { Number = at.Call.Number + 1, Cursor = answer.Cursor } };
            }

            if (answer.Failure is { } failure)
            {
                var again = RetryDecision.Decide(failure, answer.RetryAfter, at.Attempt, at.Retry, $"{context.InstanceId}:{at.Call.Number}");
                if (!again.Again)
                {
                    return $"{at.Call.Part}: {answer.Message}, {at.Attempt} attempts";
                }

                (wait, at) = (again.After, at with { Attempt = at.Attempt + 1 });
            }
            else if (answer.Cursor is null && wait == TimeSpan.Zero)
            {
                return null;
            }

            if (wait > TimeSpan.Zero)
            {
                await context.CreateTimer(context.CurrentUtcDateTime + wait, CancellationToken.None);
            }
        }

        context.ContinueAsNew(at);
        return null;
    }
}
