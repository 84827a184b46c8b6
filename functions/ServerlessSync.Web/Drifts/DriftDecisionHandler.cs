using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Web.Access;
using ServerlessSync.Web.Http;
using ServerlessSync.Web.Ops;

namespace ServerlessSync.Web.Drifts;

/// <summary>Takes a person's decision about one drift.</summary>
/// <param name="decisions">The mesh.</param>
/// <param name="time">The clock.</param>
public sealed class DriftDecisionHandler(IDriftDecisions decisions, TimeProvider time)
{
    static readonly Dictionary<string, DriftDecision> Words = Enum.GetValues<DriftDecision>().ToDictionary(d => JsonNamingPolicy.CamelCase.ConvertName(d.ToString()));

    /// <summary>
    /// Takes <c>{"target":"...","identityId":"...","opening":1,"decision":"accept","findings":"...","reason":"..."}</c>, with <c>accountKey</c> where no
    /// identity is known; the decision is remediate, accept or ignore, and the reason may be left out. <c>findings</c> is the drift's fingerprint as it
    /// was shown; whoever remediates may leave it out. Answers 202 without content.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who decides.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public async Task HandleAsync(HttpContext context, ApiCaller caller, CancellationToken cancellationToken)
    {
        using var input = await InputBody.ReadAsync(context.Request, time, cancellationToken);
        if (input.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        await AnswerAsync(context, await decisions.DecideAsync(Read(input.Value, caller.Name), cancellationToken));
    }

    static DriftDecisionRequest Read(JsonElement input, string decidedBy)
    {
        var fields = InputFields.Open(input, "target", "identityId", "accountKey", "opening", "decision", "findings", "reason");
        var (identity, account) = (fields.OptionalText("identityId"), fields.OptionalText("accountKey"));
        if (identity is null == account is null)
        {
            throw new QueryException("Either 'identityId' or 'accountKey' must be there, and not both.");
        }

        if (!Words.TryGetValue(fields.Text("decision"), out var decision))
        {
            throw new QueryException($"'decision' must be one of {string.Join(", ", Words.Keys)}.");
        }

        var (target, opening, findings) = (fields.Text("target"), fields.Number("opening"), fields.OptionalText("findings"));
        return findings is not null || decision == DriftDecision.Remediate
            ? new DriftDecisionRequest(target, identity, account, opening, decision, decidedBy, fields.OptionalText("reason"), findings)
            : throw new QueryException("'findings' is missing; it must be the fingerprint of the drift that was looked at.");
    }

    static Task AnswerAsync(HttpContext context, DriftDecisionAnswer answer)
    {
        switch (answer.Outcome)
        {
            case DriftDecisionOutcome.Taken:
                context.Response.StatusCode = StatusCodes.Status202Accepted;
                return Task.CompletedTask;
            case DriftDecisionOutcome.Unknown:
                return Problem.NotFound("There is no such drift.").WriteAsync(context);
            case DriftDecisionOutcome.Changed:
                return new Problem(StatusCodes.Status409Conflict, "changed", "Not decided", answer.Reason ?? "It was settled, or opened anew, since; look at it again.").WriteAsync(context);
            default:
                return Problem.Forbidden(answer.Reason ?? "This cannot be done about it.").WriteAsync(context);
        }
    }
}
