using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Web.Access;
using ServerlessSync.Web.Http;
using ServerlessSync.Web.Ops;

namespace ServerlessSync.Web.Drifts;

/// <summary>Starts comparisons, pauses them, and applies plans.</summary>
/// <param name="requests">The mesh.</param>
/// <param name="configuration">The targets.</param>
/// <param name="time">The clock.</param>
public sealed class ReconciliationHandler(IReconciliationRequests requests, MeshConfiguration configuration, TimeProvider time)
{
    const string Target = "target";
    const string DryRun = "dryRun";
    const string ChangesOnly = "changesOnly";

    /// <summary>
    /// Starts a comparison: <c>{"target":"...","dryRun":true,"changesOnly":false}</c>; where nothing is said it is a dry run, and complete. Answers 202 with
    /// <c>{"target":"...","run":"..."}</c>.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public async Task HandleStartAsync(HttpContext context, ApiCaller caller, CancellationToken cancellationToken)
    {
        using var input = await InputBody.ReadAsync(context.Request, time, cancellationToken);
        if (input.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        var fields = InputFields.Open(input.Value, Target, DryRun, ChangesOnly);
        var (target, dryRun) = (fields.Text(Target), fields.Flag(DryRun, otherwise: true));
        var mode = fields.Flag(ChangesOnly, otherwise: false) ? ReconciliationMode.Changes : ReconciliationMode.Complete;
        if (!configuration.Targets.ContainsKey(target))
        {
            await UnknownTarget.WriteAsync(context);
            return;
        }

        var run = $"{ReconciliationRequest.RunPrefix}{target}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var request = new ReconciliationRequest(target, run, dryRun, caller.Name) { Mode = mode };
        await AnswerAsync(context, target, await requests.StartAsync(request, cancellationToken));
    }

    /// <summary>Applies a plan: <c>{"planHash":"..."}</c>, as the comparison that made it shows it. Answers as a start does.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="target">The target.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public async Task HandleApplyAsync(HttpContext context, ApiCaller caller, string target, CancellationToken cancellationToken)
    {
        using var input = await InputBody.ReadAsync(context.Request, time, cancellationToken);
        if (input.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        var hash = InputFields.Open(input.Value, "planHash").Text("planHash");
        if (!configuration.Targets.ContainsKey(target))
        {
            await UnknownTarget.WriteAsync(context);
            return;
        }

        await AnswerAsync(context, target, await requests.ApplyAsync(target, hash, caller.Name, cancellationToken));
    }

    /// <summary>Pauses the target's comparison that is under way. Answers 202 with <c>{"target":"...","run":"..."}</c>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="target">The target.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public async Task HandlePauseAsync(HttpContext context, ApiCaller caller, string target, CancellationToken cancellationToken) =>
        await AnswerAsync(context, target, await requests.PauseAsync(target, caller.Name, cancellationToken), "paused");

    /// <summary>Lets the target's paused comparison go on. Answers as pausing does.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="target">The target.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public async Task HandleResumeAsync(HttpContext context, ApiCaller caller, string target, CancellationToken cancellationToken) =>
        await AnswerAsync(context, target, await requests.ResumeAsync(target, caller.Name, cancellationToken), "going on");

    static Problem UnknownTarget => Problem.NotFound("There is no target of this name.");

    static Task AnswerAsync(HttpContext context, string target, ReconciliationAnswer answer)
    {
        switch (answer.Decision)
        {
            case ReconciliationDecision.Started:
                context.Response.Headers.Location = $"{RouteNames.Reconciliations}?target={Uri.EscapeDataString(target)}&top=1";
                context.Response.Headers.RetryAfter = "10";
                return WriteAsync(context, target, answer.Run);
            case ReconciliationDecision.UnderWay:
                return Conflict("under-way", answer.Reason ?? $"A comparison of this target is under way: {answer.Run}.").WriteAsync(context);
            case ReconciliationDecision.OtherPlan:
                return Conflict("other-plan", answer.Reason ?? "This is not the plan of the target's newest comparison; look at it again.").WriteAsync(context);
            case ReconciliationDecision.UnknownTarget:
                return UnknownTarget.WriteAsync(context);
            default:
                return Conflict("refused", answer.Reason ?? "This cannot be done now.").WriteAsync(context);
        }
    }

    static Task AnswerAsync(HttpContext context, string target, PauseAnswer answer, string so) => answer.Outcome switch
    {
        PauseOutcome.Done => WriteAsync(context, target, answer.Run),
        PauseOutcome.UnknownTarget => UnknownTarget.WriteAsync(context),
        PauseOutcome.NotUnderWay => Conflict("not-under-way", "No comparison of this target is under way.", "Nothing to do").WriteAsync(context),
        _ => Conflict("already-so", $"The comparison {answer.Run} is {so} already.", "Nothing to do").WriteAsync(context),
    };

    static Task WriteAsync(HttpContext context, string target, string? run) => JsonAnswer.WriteAsync(context, StatusCodes.Status202Accepted, json =>
    {
        json.WriteStartObject();
        json.WriteString(Target, target);
        json.WriteString("run", run);
        json.WriteEndObject();
    });

    static Problem Conflict(string code, string detail, string title = "Not started") => new(StatusCodes.Status409Conflict, code, title, detail);
}
