using Microsoft.AspNetCore.Http;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.Web.Http;

namespace ServerlessSync.Web.Ops;

/// <summary>Shows runs.</summary>
/// <param name="client">The engine.</param>
public sealed class InstanceHandler(IWorkflowClient client)
{
    const string TokenHeader = "x-ms-continuation-token";

    /// <summary>Shows one run: 202 while it goes on, 200 once it has ended.</summary>
    /// <param name="context">The request.</param>
    /// <param name="instanceId">The run.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public async Task HandleOneAsync(HttpContext context, string instanceId, CancellationToken cancellationToken)
    {
        var request = context.Request;
        var showInput = Query.Flag(request, "showInput", otherwise: true);
        var failureIsError = Query.Flag(request, "returnInternalServerErrorOnFailure", otherwise: false);
        if (!WorkflowLimits.IsInstanceId(instanceId) || await client.GetInstanceAsync(instanceId, cancellationToken) is not { } instance)
        {
            await Problem.NotFound("There is no such run.").WriteAsync(context);
            return;
        }

        var status = StatusCodes.Status200OK;
        if (!instance.HasEnded)
        {
            status = StatusCodes.Status202Accepted;
            context.Response.Headers.Location = InstanceJson.LinkOf(request, instanceId);
            context.Response.Headers.RetryAfter = "5";
        }
        else if (failureIsError && instance.Status == WorkflowStatus.Failed)
        {
            status = StatusCodes.Status500InternalServerError;
        }

        await JsonAnswer.WriteAsync(context, status, json => InstanceJson.Write(json, instance, showInput));
    }

    /// <summary>Shows one page of runs.</summary>
    /// <param name="context">The request.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public async Task HandleListAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var request = context.Request;
        var showInput = Query.Flag(request, "showInput", otherwise: true);
        if (ReadStatuses(Query.Text(request, "runtimeStatus")) is not { } statuses)
        {
            // Only states this engine never shows were asked for.
            await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => WriteAll(json, [], showInput));
            return;
        }

        var page = await ReadPageAsync(
            new()
            {
                CreatedFrom = Query.Time(request, "createdTimeFrom"),
                CreatedTo = Query.Time(request, "createdTimeTo"),
                Statuses = statuses,
                InstanceIdPrefix = Query.Text(request, "instanceIdPrefix"),
                FetchInputsAndOutputs = true,
                PageSize = Query.Top(request),
                ContinuationToken = request.Headers[TokenHeader] is [{ Length: > 0 } token] ? token : null,
            },
            cancellationToken);
        if (page.ContinuationToken is { } next)
        {
            context.Response.Headers[TokenHeader] = next;
        }

        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => WriteAll(json, page.Instances, showInput));
    }

    static void WriteAll(System.Text.Json.Utf8JsonWriter json, IReadOnlyList<WorkflowInstance> instances, bool showInput)
    {
        json.WriteStartArray();
        foreach (var instance in instances)
        {
            InstanceJson.Write(json, instance, showInput);
        }

        json.WriteEndArray();
    }

    static List<WorkflowStatus>? ReadStatuses(string? text)
    {
        var statuses = new List<WorkflowStatus>();
        if (text is null)
        {
            return statuses;
        }

        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Array.Find(Enum.GetNames<WorkflowStatus>(), known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } known)
            {
                statuses.Add(Enum.Parse<WorkflowStatus>(known));
            }
            else if (!name.Equals("ContinuedAsNew", StringComparison.OrdinalIgnoreCase) && !name.Equals("Canceled", StringComparison.OrdinalIgnoreCase))
            {
                throw new QueryException("'runtimeStatus' must name states of Durable Functions, separated by commas.");
            }
        }

        return statuses.Count == 0 ? null : statuses;
    }

    async Task<WorkflowInstancePage> ReadPageAsync(WorkflowInstanceQuery query, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetAllInstancesAsync(query, cancellationToken);
        }
        catch (ArgumentException) when (query.ContinuationToken is not null)
        {
            throw new QueryException($"'{TokenHeader}' is not a token of this list.");
        }
    }
}
