using Microsoft.DurableTask;

namespace ServerlessSync.Engines.DurableTask;

/// <summary>Durable Task's words for a failure, in those of the port.</summary>
static class Failures
{
    /// <summary>
    /// What failed. A host that calls a function by reflection wraps what it throws
    /// (<see href="https://github.com/Azure/azure-functions-durable-extension/issues/2762"/>); workflows know failures by their type.
    /// </summary>
    public static WorkflowFailure Of(TaskFailureDetails details)
    {
        while (details is { InnerFailure: { } inner } && details.ErrorType == typeof(AggregateException).FullName)
        {
            details = inner;
        }

        return new WorkflowFailure(details.ErrorType, details.ErrorMessage);
    }
}
