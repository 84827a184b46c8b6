using Microsoft.AspNetCore.Http;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.Web.Access;
using ServerlessSync.Web.Http;

namespace ServerlessSync.Web.Ops;

/// <summary>Starts the workflows that are declared startable, and no others.</summary>
/// <param name="catalog">The workflows.</param>
/// <param name="starts">Where requests go.</param>
/// <param name="time">The clock.</param>
public sealed class StartHandler(WorkflowCatalog catalog, IStartRequests starts, TimeProvider time)
{
    /// <summary>Answers one request to start.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="workflow">Name of the workflow.</param>
    /// <param name="instanceId">Id wanted for the run, or null.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public async Task HandleAsync(HttpContext context, ApiCaller caller, string workflow, string? instanceId, CancellationToken cancellationToken)
    {
        var name = catalog.Startable.FirstOrDefault(known => known.Equals(workflow, StringComparison.OrdinalIgnoreCase));
        if (name is null)
        {
            await Problem.Forbidden("No workflow of this name may be started through the API.").WriteAsync(context);
            return;
        }

        if (instanceId is not null && !WorkflowLimits.IsInstanceId(instanceId))
        {
            await Problem.BadRequest("An instance id has 1 to 100 characters, no leading '@', and none of / \\ # ? % + or control characters.").WriteAsync(context);
            return;
        }

        using var input = await InputBody.ReadAsync(context.Request, time, cancellationToken);
        if (input.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        await AnswerAsync(context, await starts.StartAsync(name, instanceId, input.Value, caller.Name, cancellationToken));
    }

    static Task AnswerAsync(HttpContext context, StartOutcome outcome)
    {
        switch (outcome.Decision)
        {
            case StartDecision.Accepted:
                var id = outcome.InstanceId ?? throw new InvalidOperationException("An accepted start names its run.");
                context.Response.Headers.Location = InstanceJson.LinkOf(context.Request, id);
                context.Response.Headers.RetryAfter = "10";
                return JsonAnswer.WriteAsync(context, StatusCodes.Status202Accepted, json => InstanceJson.WriteLinks(json, context.Request, id));
            case StartDecision.AlreadyExists:
                return new Problem(StatusCodes.Status409Conflict, "already-exists", "Already exists", "A run of this id exists.").WriteAsync(context);
            case StartDecision.Denied:
                return Problem.Forbidden(outcome.Reason ?? "Policy denies this start.").WriteAsync(context);
            default:
                return Problem.BadRequest(outcome.Reason ?? "The input is not what this workflow takes.").WriteAsync(context);
        }
    }
}
