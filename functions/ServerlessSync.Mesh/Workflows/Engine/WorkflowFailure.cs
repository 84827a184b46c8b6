namespace ServerlessSync.Mesh.Workflows.Engine;

/// <summary>A failure as data: what crosses the engine's boundary instead of an exception object.</summary>
/// <param name="ErrorType">Full name of the exception's type.</param>
/// <param name="ErrorMessage">Its message; holds no secret.</param>
public sealed record WorkflowFailure(string ErrorType, string ErrorMessage);

/// <summary>An activity or child run that a workflow waited for has failed.</summary>
public sealed class WorkflowTaskFailedException(string taskName, WorkflowFailure failure)
    : Exception($"'{taskName}' failed: {failure.ErrorMessage}")
{
    /// <summary>Name of the activity or workflow.</summary>
    public string TaskName { get; } = taskName;

    /// <summary>What happened.</summary>
    public WorkflowFailure Failure { get; } = failure;
}
