using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.Mesh.Workflows.Intake;
using ServerlessSync.Web.Access;
using ServerlessSync.Web.Http;

namespace ServerlessSync.Web.Ops;

/// <summary>The events the mesh uses itself.</summary>
/// <param name="Stop">The one that asks a run to stop and to compensate.</param>
/// <param name="Reserved">Those nobody may raise from outside; names ignore case. <paramref name="Stop"/> is always one of them.</param>
public sealed record MeshEvents(string Stop, IReadOnlyCollection<string> Reserved);

/// <summary>Steers runs.</summary>
/// <param name="client">The engine.</param>
/// <param name="recorder">Writes down what is asked, before it is done.</param>
/// <param name="events">The events the mesh uses itself.</param>
/// <param name="time">The clock.</param>
public sealed class SignalHandler(IWorkflowClient client, IOperatorRecorder recorder, MeshEvents events, TimeProvider time)
{
    const int MaxReasonChars = 500;
    const int MaxEventNameChars = 100;

    /// <summary>Sends an event to a run.</summary>
    /// <param name="context">The request; its body is the payload.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="instanceId">The run.</param>
    /// <param name="eventName">The event.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public async Task HandleRaiseEventAsync(
        HttpContext context, ApiCaller caller, string instanceId, string eventName, CancellationToken cancellationToken)
    {
        if (IsReserved(eventName))
        {
            await Problem.Forbidden("The mesh raises this event itself.").WriteAsync(context);
            return;
        }

        if (eventName.Length > MaxEventNameChars || eventName.Any(char.IsControl))
        {
            await Problem.BadRequest("An event's name has at most 100 characters, none of them a control character.").WriteAsync(context);
            return;
        }

        using var payload = await InputBody.ReadAsync(context.Request, time, cancellationToken);
        if (payload.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        await SignalAsync(context, instanceId, () => RecordedAsync(
            new(instanceId, "raiseEvent", Event: eventName), caller, () => client.RaiseEventAsync(instanceId, eventName, payload.Text, cancellationToken), cancellationToken));
    }

    /// <summary>Asks a run to stop and to compensate; with <c>hard=true</c> stops it where it is, which opens an exception.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="instanceId">The run.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public Task HandleTerminateAsync(HttpContext context, ApiCaller caller, string instanceId, CancellationToken cancellationToken)
    {
        var reason = ReadReason(context.Request);
        return SignalAsync(context, instanceId, () => Query.Flag(context.Request, "hard", otherwise: false)
            ? StopHardAsync(caller, instanceId, reason, cancellationToken)
            : RecordedAsync(new(instanceId, "stop", reason), caller, () => StopSoftAsync(caller, instanceId, reason, cancellationToken), cancellationToken));
    }

    /// <summary>Lets a run take no further turn.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="instanceId">The run.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public Task HandleSuspendAsync(HttpContext context, ApiCaller caller, string instanceId, CancellationToken cancellationToken)
    {
        var reason = ReadReason(context.Request);
        return SignalAsync(context, instanceId, () => RecordedAsync(
            new(instanceId, "suspend", reason), caller, () => client.SuspendInstanceAsync(instanceId, reason, cancellationToken), cancellationToken));
    }

    /// <summary>Lets a suspended run go on.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="instanceId">The run.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public Task HandleResumeAsync(HttpContext context, ApiCaller caller, string instanceId, CancellationToken cancellationToken)
    {
        var reason = ReadReason(context.Request);
        return SignalAsync(context, instanceId, () => RecordedAsync(
            new(instanceId, "resume", reason), caller, () => client.ResumeInstanceAsync(instanceId, reason, cancellationToken), cancellationToken));
    }

    static string? ReadReason(HttpRequest request)
    {
        var reason = Query.Text(request, "reason");
        return reason is null || (reason.Length <= MaxReasonChars && !reason.Any(char.IsControl))
            ? reason
            : throw new QueryException("'reason' has at most 500 characters, none of them a control character.");
    }

    static async Task SignalAsync(HttpContext context, string instanceId, Func<Task<SignalResult>> signal)
    {
        var result = WorkflowLimits.IsInstanceId(instanceId) ? await signal() : SignalResult.NotFound;
        switch (result)
        {
            case SignalResult.Accepted:
                context.Response.StatusCode = StatusCodes.Status202Accepted;
                context.Response.ContentLength = 0;
                break;
            case SignalResult.NotFound:
                await Problem.NotFound("There is no such run.").WriteAsync(context);
                break;
            default:
                await new Problem(StatusCodes.Status410Gone, "ended", "Run has ended", "The run has ended and takes nothing more.").WriteAsync(context);
                break;
        }
    }

    bool IsReserved(string eventName) =>
        eventName.Equals(events.Stop, StringComparison.OrdinalIgnoreCase) || events.Reserved.Contains(eventName, StringComparer.OrdinalIgnoreCase);

    Task<SignalResult> StopSoftAsync(ApiCaller caller, string instanceId, string? reason, CancellationToken cancellationToken) => client.RaiseEventAsync(
        instanceId, events.Stop, JsonSerializer.Serialize(new { reason, requestedBy = caller.Name }), cancellationToken);

    Task<SignalResult> StopHardAsync(ApiCaller caller, string instanceId, string? reason, CancellationToken cancellationToken) => RecordedAsync(
        instanceId,
        () => recorder.RecordHardStopAsync(instanceId, reason, caller.Name, cancellationToken),
        () => client.TerminateInstanceAsync(instanceId, reason, cancellationToken),
        cancellationToken);

    Task<SignalResult> RecordedAsync(RunSignal asked, ApiCaller caller, Func<Task<SignalResult>> signal, CancellationToken cancellationToken) =>
        RecordedAsync(asked.Run, () => recorder.RecordAsync(asked, caller.Name, cancellationToken), signal, cancellationToken);

    async Task<SignalResult> RecordedAsync(string instanceId, Func<Task> record, Func<Task<SignalResult>> signal, CancellationToken cancellationToken)
    {
        var instance = await client.GetInstanceAsync(instanceId, cancellationToken);
        if (instance is null or { HasEnded: true })
        {
            return instance is null ? SignalResult.NotFound : SignalResult.Ended;
        }

        // Written down first: an act nobody knows of is worse than a note of one that did not come about.
        await record();
        return await signal();
    }
}
