namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>Input of the step activities.</summary>
/// <param name="IdentityId">The identity.</param>
/// <param name="Run">The run.</param>
/// <param name="Number">The step's place in the plan.</param>
/// <param name="Attempt">1, 2, 3...</param>
public sealed record StepInput(string IdentityId, string Run, int Number, int Attempt);
