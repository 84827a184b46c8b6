using System.Text.Json;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Intake;

namespace ServerlessSync.Web.Ops;

/// <summary>Takes an operator's request to start a workflow through inbox and policy.</summary>
public interface IStartRequests
{
    /// <summary>Records the request durably and decides it before it answers.</summary>
    /// <param name="workflow">A workflow that is declared startable.</param>
    /// <param name="instanceId">Id wanted for the run, or null.</param>
    /// <param name="input">Its input; <see cref="JsonValueKind.Undefined"/> when there is none. Valid during the call only.</param>
    /// <param name="requestedBy">Name of the caller's key.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    /// <exception cref="Mesh.Storage.StoreException">The request cannot be recorded now.</exception>
    /// <exception cref="Mesh.Workflows.Engine.EngineOverloadedException">Too many runs wait already.</exception>
    Task<StartOutcome> StartAsync(string workflow, string? instanceId, JsonElement input, string requestedBy, CancellationToken cancellationToken);
}

/// <summary>What became of a request to start.</summary>
public enum StartDecision
{
    /// <summary>The run is or will be started.</summary>
    Accepted,

    /// <summary>A run of this id exists.</summary>
    AlreadyExists,

    /// <summary>Policy denies it.</summary>
    Denied,

    /// <summary>The input is not what the workflow takes.</summary>
    Invalid,
}

/// <summary>The answer to a request to start.</summary>
/// <param name="Decision">What became of it.</param>
/// <param name="InstanceId">Id of the run, when accepted.</param>
/// <param name="Reason">Why not, for people; holds no secret.</param>
public sealed record StartOutcome(StartDecision Decision, string? InstanceId = null, string? Reason = null);

/// <summary>Writes down what operators do to runs.</summary>
public interface IOperatorRecorder
{
    /// <summary>Records durably what an operator asks of a run, before it is done.</summary>
    /// <param name="signal">What is asked.</param>
    /// <param name="requestedBy">Name of the caller's key.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    /// <exception cref="Mesh.Storage.StoreException">It cannot be recorded now, so it is not done.</exception>
    Task RecordAsync(RunSignal signal, string requestedBy, CancellationToken cancellationToken);

    /// <summary>
    /// Records durably that a run is stopped hard, before it is, and opens the exception somebody has to settle. May be called again for
    /// the same run when the stop itself failed.
    /// </summary>
    /// <param name="instanceId">The run.</param>
    /// <param name="reason">The operator's reason, or null.</param>
    /// <param name="requestedBy">Name of the caller's key.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    /// <exception cref="Mesh.Storage.StoreException">It cannot be recorded now, so the run is not stopped.</exception>
    Task RecordHardStopAsync(string instanceId, string? reason, string requestedBy, CancellationToken cancellationToken);
}

/// <summary>Carries the events of exceptions out anew, once their cause is mended.</summary>
public interface IReplayRequests
{
    /// <summary>Records the request and the event durably before it answers; asking again for the same exception changes nothing.</summary>
    /// <param name="exceptionId">The exception; whatever a stranger sent.</param>
    /// <param name="requestedBy">Name of the caller's key.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    /// <exception cref="Mesh.Storage.StoreException">It cannot be recorded now.</exception>
    Task<ReplayAnswer> ReplayAsync(string exceptionId, string requestedBy, CancellationToken cancellationToken);
}

/// <summary>Reads what the API shows of identities and exceptions.</summary>
public interface IOpsReader
{
    /// <summary>One page of identities.</summary>
    /// <param name="top">Most items on the page.</param>
    /// <param name="continuationToken">Token of the page before, or null; whatever a stranger sent.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    /// <exception cref="ArgumentException">The token is none of ours.</exception>
    Task<OpsPage> ListIdentitiesAsync(int top, string? continuationToken, CancellationToken cancellationToken);

    /// <summary>One identity as a JSON object, or null (or nothing) when there is none.</summary>
    /// <param name="id">Its id; whatever a stranger sent.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    Task<ReadOnlyMemory<byte>?> FindIdentityAsync(string id, CancellationToken cancellationToken);

    /// <summary>One page of exceptions.</summary>
    /// <param name="top">Most items on the page.</param>
    /// <param name="continuationToken">Token of the page before, or null; whatever a stranger sent.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    /// <exception cref="ArgumentException">The token is none of ours.</exception>
    Task<OpsPage> ListExceptionsAsync(int top, string? continuationToken, CancellationToken cancellationToken);
}

/// <summary>A page of JSON objects.</summary>
/// <param name="Items">The objects, each as UTF-8 JSON.</param>
/// <param name="ContinuationToken">Token of the next page, or null at the end.</param>
public sealed record OpsPage(IReadOnlyList<ReadOnlyMemory<byte>> Items, string? ContinuationToken)
{
    /// <summary>Rows that could not be read, so that what they hold is missing from the page.</summary>
    public IReadOnlyList<RowAddress> Damaged { get; init; } = [];
}
