using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;
using ServerlessSync.Web;

namespace ServerlessSync.Functions;

/// <summary>
/// Hands a request to the endpoint that serves it in every host, with its gate, limits and answers to failures. Functions ask for no key of the
/// platform's: sources sign, and everyone else carries a key of the mesh.
/// </summary>
/// <param name="web">The endpoints.</param>
/// <param name="engine">Reaches the engine from them.</param>
public sealed class WebDoor(ServerlessSyncWeb web, BoundWorkflowClient engine)
{
    readonly FrozenDictionary<string, RequestDelegate> _handlers = web.Endpoints.ToFrozenDictionary(endpoint => endpoint.Name, endpoint => endpoint.Handler);

    /// <summary>Lets an endpoint answer. It writes its answer itself, so what is returned adds nothing.</summary>
    public async Task<IResult> AnswerAsync(string endpoint, HttpRequest request, DurableTaskClient? client = null)
    {
        if (client is not null)
        {
            engine.Bind(client);
        }

        await _handlers[endpoint](request.HttpContext);
        return Results.Empty;
    }
}
