using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Web.Http;
using ServerlessSync.Web.Ops;

namespace ServerlessSync.Web.Drifts;

/// <summary>Shows drift, comparisons and reports of them.</summary>
/// <param name="reader">Where they are read.</param>
public sealed class DriftHandler(IDriftReader reader)
{
    static readonly string Formats = string.Join(", ", DriftReportFormat.All.Select(f => f.Name));

    /// <summary>Shows one page of open drift, in the shape of the identities: <c>?target=&amp;kind=&amp;severity=&amp;state=</c>, each on its own or together.</summary>
    /// <param name="context">The request.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public Task HandleListAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var request = context.Request;
        var filter = new DriftFilter(
            Query.Text(request, "target"),
            Word<DriftKind>(request, "kind", []),
            Word<DriftSeverity>(request, "severity", []),
            Word<DriftState>(request, "state", [DriftState.Settled]));
        return PageAnswer.WriteAsync(context, (top, token, cancel) => reader.ListDriftsAsync(filter, top, token, cancel), cancellationToken);
    }

    /// <summary>Shows one page of a target's comparisons, newest first, or without <c>?target=</c> the newest of each target.</summary>
    /// <param name="context">The request.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public Task HandleReconciliationsAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var target = Query.Text(context.Request, "target");
        return PageAnswer.WriteAsync(context, (top, token, cancel) => reader.ListReconciliationsAsync(target, top, token, cancel), cancellationToken);
    }

    /// <summary>Shows every target's schedule, in the shape of a page.</summary>
    /// <param name="context">The request.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public Task HandleSchedulesAsync(HttpContext context, CancellationToken cancellationToken) =>
        PageAnswer.WriteAsync(context, (_, _, cancel) => reader.ListSchedulesAsync(cancel), cancellationToken);

    /// <summary>
    /// Shows one page of the plan of a target's newest comparison, in the shape of the identities: what would be done about each item, or was done
    /// and what has come of it.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="target">The target.</param>
    /// <param name="number">Number of the comparison.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public async Task HandlePlanAsync(HttpContext context, string target, string number, CancellationToken cancellationToken)
    {
        var plan = long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var known)
            ? await PageAnswer.ReadAsync(context.Request, (top, token, cancel) => reader.ReadPlanAsync(target, known, top, token, cancel), cancellationToken)
            : new PlanPage(PlanStanding.Unknown, "The number of a comparison is a whole number from 1 on.");
        await (plan.Standing == PlanStanding.There
            ? PageAnswer.WriteAsync(
                context, new OpsPage([.. plan.Lines.Select(line => (ReadOnlyMemory<byte>)MeshJson.ToBytes(line))], plan.Next) { Damaged = plan.Damaged })
            : ProblemOf(plan).WriteAsync(context));
    }

    static Problem ProblemOf(PlanPage plan) => plan.Standing switch
    {
        PlanStanding.NotYet => new Problem(StatusCodes.Status409Conflict, "under-way", "No plan yet", plan.Reason),
        PlanStanding.Forgotten => new Problem(StatusCodes.Status410Gone, "forgotten", "Plan forgotten", plan.Reason),
        _ => Problem.NotFound(plan.Reason!),
    };

    /// <summary>Answers with the report: <c>?format=json</c>, csv or html; JSON where none is named.</summary>
    /// <param name="context">The request.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public async Task HandleReportAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var format = DriftReportFormat.Find(Query.Text(context.Request, "format") ?? DriftReportFormat.Json.Name)
            ?? throw new QueryException($"'format' must be one of {Formats}.");
        var bytes = format.Write(await reader.MakeReportAsync(cancellationToken));
        var response = context.Response;
        response.ContentType = format.ContentType;
        response.ContentLength = bytes.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (format == DriftReportFormat.Html)
        {
            response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";
        }

        if (format == DriftReportFormat.Csv)
        {
            response.Headers.ContentDisposition = "attachment; filename=\"drift.csv\"";
        }

        await response.Body.WriteAsync(bytes, cancellationToken);
    }

    static T? Word<T>(HttpRequest request, string name, T[] but)
        where T : struct, Enum
    {
        if (Query.Text(request, name) is not { } text)
        {
            return null;
        }

        var words = Enum.GetValues<T>().Except(but).ToDictionary(v => JsonNamingPolicy.CamelCase.ConvertName(v.ToString()));
        return words.TryGetValue(text, out var value) ? value : throw new QueryException($"'{name}' must be one of {string.Join(", ", words.Keys)}.");
    }
}
