namespace ServerlessSync.Mesh.Workflows.Engine;

/// <summary>A workflow: sequence only, no dependency but the context, hence made by its parameterless constructor.</summary>
/// <typeparam name="TInput">Its input, as JSON at most 32 KiB.</typeparam>
/// <typeparam name="TResult">Its result, likewise.</typeparam>
public interface IWorkflow<in TInput, TResult>
{
    /// <summary>Runs the workflow.</summary>
    Task<TResult> RunAsync(WorkflowContext context, TInput input);
}

/// <summary>An activity: one attempt at one effect, at least once. Dependencies come by its constructor.</summary>
/// <typeparam name="TInput">Its input, as JSON at most 32 KiB.</typeparam>
/// <typeparam name="TResult">Its result, likewise.</typeparam>
public interface IActivity<in TInput, TResult>
{
    /// <summary>Runs one attempt.</summary>
    Task<TResult> RunAsync(TInput input, CancellationToken cancellationToken);
}
