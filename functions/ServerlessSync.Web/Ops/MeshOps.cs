using System.Text.Json;
using ServerlessSync.Mesh.Workflows.Intake;

namespace ServerlessSync.Web.Ops;

/// <summary>
/// Brings operators' requests to the mesh. Startable is <c>change</c>, with <c>{"identityId":"..."}</c>: the mesh looks at the identity again.
/// A wanted instance id is the request's id, so that the same request sent twice is one; the run's id is the mesh's.
/// </summary>
/// <param name="requests">The mesh.</param>
public sealed class MeshOps(OperatorRequests requests) : IStartRequests, IOperatorRecorder, IReplayRequests
{
    /// <inheritdoc/>
    public async Task<StartOutcome> StartAsync(
        string workflow, string? instanceId, JsonElement input, string requestedBy, CancellationToken cancellationToken)
    {
        if (input.ValueKind != JsonValueKind.Object || !input.TryGetProperty("identityId", out var id) || id.ValueKind != JsonValueKind.String)
        {
            return new StartOutcome(StartDecision.Invalid, Reason: "The input must be an object with the text 'identityId'.");
        }

        var request = instanceId ?? Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));
        var answer = await requests.LookAsync(id.GetString()!, request, requestedBy, cancellationToken);
        return answer switch
        {
            { Unknown: true } => new StartOutcome(StartDecision.Invalid, Reason: "There is no identity of that id."),
            { Denied: { } reason } => new StartOutcome(StartDecision.Denied, Reason: reason),
            { IsNew: false } => new StartOutcome(StartDecision.AlreadyExists, answer.Run),
            _ => new StartOutcome(StartDecision.Accepted, answer.Run),
        };
    }

    /// <inheritdoc/>
    public Task<ReplayAnswer> ReplayAsync(string exceptionId, string requestedBy, CancellationToken cancellationToken) =>
        requests.ReplayAsync(exceptionId, requestedBy, cancellationToken);

    /// <inheritdoc/>
    public Task RecordAsync(RunSignal signal, string requestedBy, CancellationToken cancellationToken) =>
        requests.RecordSignalAsync(signal, requestedBy, cancellationToken);

    /// <inheritdoc/>
    public Task RecordHardStopAsync(string instanceId, string? reason, string requestedBy, CancellationToken cancellationToken) =>
        requests.RecordHardStopAsync(instanceId, reason, requestedBy, cancellationToken);
}
