namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>Input of the look.</summary>
public sealed record LookInput(string IdentityId, string Run, long Epoch);

/// <summary>What asking "have I been overtaken?" found.</summary>
/// <param name="Superseded">A termination newer than the run is queued.</param>
/// <param name="NewerEvent">An event that is not stale waits behind the run.</param>
public sealed record LookAnswer(bool Superseded, bool NewerEvent);
