using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.TestKit.Conformance;

/// <summary>Workflows that go up to a limit, or beyond it.</summary>
static class LimitWorkflows
{
    static async Task<string> MessageOfAsync(Func<Task> act)
    {
        try
        {
            await act();
            return "taken";
        }
        catch (Exception e) when (e is ArgumentException or WorkflowTaskFailedException)
        {
            return e.Message;
        }
    }

    public sealed class BigActivityResult : IWorkflow<int, string>
    {
        public Task<string> RunAsync(WorkflowContext context, int input) =>
            MessageOfAsync(() => context.CallActivityAsync<string>("big", input));
    }

    public sealed class BigChildInput : IWorkflow<int, string>
    {
        public Task<string> RunAsync(WorkflowContext context, int input) =>
            MessageOfAsync(() => context.CallSubOrchestratorAsync<string>("echo", new string('x', input)));
    }

    public sealed class BigSentEvent : IWorkflow<int, string>
    {
        public Task<string> RunAsync(WorkflowContext context, int input) => MessageOfAsync(() =>
        {
            context.SendEvent("nobody", "news", new string('x', input));
            return Task.CompletedTask;
        });
    }

    public sealed class BigContinuation : IWorkflow<int, string>
    {
        public Task<string> RunAsync(WorkflowContext context, int input) => MessageOfAsync(() =>
        {
            context.ContinueAsNew(new string('x', input));
            return Task.CompletedTask;
        });
    }

    public sealed class LongChildId : IWorkflow<int, string>
    {
        public Task<string> RunAsync(WorkflowContext context, int input) =>
            MessageOfAsync(() => context.CallSubOrchestratorAsync<string>("echo", "x", new string('i', input)));
    }

    public sealed class WideTurn : IWorkflow<int, int>
    {
        public async Task<int> RunAsync(WorkflowContext context, int input)
        {
            await Task.WhenAll(Enumerable.Range(0, input).Select(i => context.CallActivityAsync<string>("note", $"wide {i}")));
            return input;
        }
    }
}
