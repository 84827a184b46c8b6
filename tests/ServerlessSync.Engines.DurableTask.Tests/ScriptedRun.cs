namespace ServerlessSync.Engines.DurableTask.Tests;

/// <summary>Runs what a test gives as a workflow's code.</summary>
static class ScriptedRun
{
    public const string Name = "scripted";

    static readonly AsyncLocal<Func<WorkflowContext, Task<object?>>> Code = new();

    public static WorkflowCatalog Catalog { get; } = new WorkflowCatalog()
        .AddWorkflow<Scripted, string?, object?>(Name)
        .AddWorkflow<VersionOf, string?, string>("versioned", version: "1")
        .AddWorkflow<VersionOf, string?, string>("versioned", version: "2");

    public static DurableTaskWorkflows Workflows { get; } = new(Catalog);

    public static Task<JsonElement?> RunAsync(FakeOrchestration on, Func<WorkflowContext, Task<object?>> code)
    {
        Code.Value = code;
        return Workflows.RunWorkflowAsync(on);
    }

    public static Task<JsonElement?> RunAsync(FakeOrchestration on, Action<WorkflowContext> code) => RunAsync(on, context =>
    {
        code(context);
        return Task.FromResult<object?>(null);
    });

    public static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);

    public static string? Text(object? element) => ((JsonElement?)element)?.GetRawText();

    sealed class Scripted : IWorkflow<string?, object?>
    {
        public Task<object?> RunAsync(WorkflowContext context, string? input) => Code.Value!(context);
    }

    sealed class VersionOf : IWorkflow<string?, string>
    {
        public Task<string> RunAsync(WorkflowContext context, string? input) => Task.FromResult(context.Version);
    }
}
