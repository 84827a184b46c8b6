namespace ServerlessSync.Engines.InProcess;

/// <summary>Failures as data.</summary>
static class Failures
{
    const int MessageChars = 4096;

    public static WorkflowFailure From(Exception e) => new(e.GetType().FullName ?? e.GetType().Name, Shorten(e.Message));

    public static WorkflowFailure PayloadTooLarge(string what, int limit) =>
        new("PayloadTooLarge", $"{what} is larger than the limit of {limit} bytes.");

    public static WorkflowFailure UnknownActivity(string name) =>
        new("UnknownActivity", $"There is no activity '{name}'.");

    public static WorkflowFailure UnknownWorkflow(string name) =>
        new("UnknownWorkflow", $"There is no workflow '{name}'.");

    public static WorkflowFailure ChildExists(string instanceId) =>
        new("InstanceExists", $"A run of the id '{instanceId}' exists already.");

    public static WorkflowFailure Terminated(string? reason) =>
        new("Terminated", reason is null ? "The run was terminated." : $"The run was terminated: {Shorten(reason)}");

    public static WorkflowFailure TooMuchHistory() =>
        new("HistoryLimit", $"A generation holds at most {WorkflowLimits.HistoryEvents} history events; longer work continues as new.");

    public static WorkflowFailure NonDeterministic(string detail) =>
        new(
            "NonDeterministic",
            Shorten($"{detail} A workflow that runs may have begun with is not changed: add it as a new version beside the old one."));

    public static WorkflowFailure LeftTurn(string detail) =>
        new("LeftTurn", detail);

    public static WorkflowFailure Damaged(Exception e) =>
        new("DamagedHistory", Shorten($"What is stored for this run cannot be read: {e.Message} It goes on once that is restored and the engine is started again."));

    public static WorkflowFailure MissingVersion(string name, string version) =>
        new("MissingVersion", $"There is no version '{version}' of workflow '{name}' in this build. The run waits for a build that has it.");

    static string Shorten(string text) => text.Length <= MessageChars ? text : text[..MessageChars];
}
