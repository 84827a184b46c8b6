using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Benchmarks.Engine;

/// <summary>Sequential steps, each taking the last one's result, so that none can be left out unnoticed.</summary>
sealed class StepsWorkflow : IWorkflow<int, int>
{
    public const string Name = "steps";

    public const int Steps = 5;

    public async Task<int> RunAsync(WorkflowContext context, int input)
    {
        for (var step = 0; step < Steps; step++)
        {
            input = await context.CallActivityAsync<int>(StepActivity.Name, input);
        }

        return input;
    }
}

/// <summary>Adds one.</summary>
sealed class StepActivity : IActivity<int, int>
{
    public const string Name = "step";

    public Task<int> RunAsync(int input, CancellationToken cancellationToken) => Task.FromResult(input + 1);
}
