using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessSync.Mesh.Workflows.Intake;
using ServerlessSync.Web.Access;
using ServerlessSync.Web.Http;

namespace ServerlessSync.Web.Ops;

/// <summary>Carries the event of an exception out anew: <c>{"id":"..."}</c> with the id that <c>GET /exceptions</c> shows.</summary>
/// <param name="replays">The mesh.</param>
/// <param name="time">The clock.</param>
public sealed class ReplayHandler(IReplayRequests replays, TimeProvider time)
{
    /// <summary>Answers 202 with the source and id of the event recorded anew; the same request again is answered the same.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public async Task HandleAsync(HttpContext context, ApiCaller caller, CancellationToken cancellationToken)
    {
        using var input = await InputBody.ReadAsync(context.Request, time, cancellationToken);
        if (input.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        if (input.Value.ValueKind != JsonValueKind.Object || !input.Value.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.String)
        {
            await Problem.BadRequest("The input must be an object with the text 'id', the id of an exception.").WriteAsync(context);
            return;
        }

        await AnswerAsync(context, await replays.ReplayAsync(id.GetString()!, caller.Name, cancellationToken));
    }

    static Task AnswerAsync(HttpContext context, ReplayAnswer answer) => answer.Decision switch
    {
        ReplayDecision.Taken => JsonAnswer.WriteAsync(context, StatusCodes.Status202Accepted, json =>
        {
            json.WriteStartObject();
            json.WriteString("source", answer.Event!.Source);
            json.WriteString("id", answer.Event.Id);
            json.WriteEndObject();
        }),
        ReplayDecision.Unknown => Problem.NotFound("There is no such exception.").WriteAsync(context),
        ReplayDecision.Denied => Problem.Forbidden(answer.Reason ?? "Policy denies this replay.").WriteAsync(context),
        ReplayDecision.Settled => Conflict("settled", "The exception was settled in another way.").WriteAsync(context),
        _ => Conflict("nothing-to-replay", "This exception is not about an event that is stored; start 'change' for its identity.").WriteAsync(context),
    };

    static Problem Conflict(string code, string detail) => new(StatusCodes.Status409Conflict, code, "Not replayed", detail);
}
