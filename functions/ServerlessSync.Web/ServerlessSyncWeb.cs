using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using ServerlessSync.Web.Access;
using ServerlessSync.Web.Drifts;
using ServerlessSync.Web.Http;
using ServerlessSync.Web.Intake;
using ServerlessSync.Web.Ops;

namespace ServerlessSync.Web;

/// <summary>Everything spoken over HTTP, put together once. A host maps <see cref="Endpoints"/>.</summary>
public sealed class ServerlessSyncWeb
{
    static readonly byte[] Ok = "ok"u8.ToArray();

    readonly Shield _shield;
    readonly Occupancy _apiCalls;

    /// <summary>Puts it together.</summary>
    /// <param name="ports">What the host gives.</param>
    /// <exception cref="FormatException">A signing key is no webhook secret, or a required attribute is not mapped; the message says which.</exception>
    public ServerlessSyncWeb(WebPorts ports)
    {
        _shield = new(ports.Loggers.CreateLogger<Shield>(), ports.Time);
        Gate = new(new(ports.Configuration.ApiKeys, ports.Secrets), ports.Time, ports.Loggers.CreateLogger<ApiGate>());
        Intake = new(ports);
        _apiCalls = new(ports.Limits.ApiCalls);
        Endpoints =
        [
            Open(EndpointNames.Health, HttpMethods.Get, RouteNames.Health, AnswerOkAsync),
            Open(EndpointNames.Intake, HttpMethods.Post, RouteNames.Intake, context => Intake.HandleAsync(context, Value(context, RouteValueNames.Source), context.RequestAborted)),
            .. Starts(ports),
            .. Instances(ports),
            .. Signals(ports),
            .. Records(ports),
            .. Drifts(ports),
            .. Reconciliations(ports),
        ];
    }

    /// <summary>Every endpoint.</summary>
    public IReadOnlyList<WebEndpoint> Endpoints { get; }

    /// <summary>The webhooks; its counters say what became of them.</summary>
    public IntakeHandler Intake { get; }

    /// <summary>The gate of the API; counts refusals.</summary>
    public ApiGate Gate { get; }

    static string Value(HttpContext context, string name) => context.GetRouteValue(name) as string ?? "";

    static Task AnswerOkAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain";
        context.Response.ContentLength = Ok.Length;
        return context.Response.Body.WriteAsync(Ok, context.RequestAborted).AsTask();
    }

    WebEndpoint[] Starts(WebPorts ports)
    {
        var handler = new StartHandler(ports.Catalog, ports.Starts, ports.Time);
        Task StartAsync(HttpContext context, ApiCaller caller) => handler.HandleAsync(
            context,
            caller,
            Value(context, RouteValueNames.Workflow),
            context.GetRouteValue(RouteValueNames.InstanceId) as string,
            context.RequestAborted);
        return
        [
            Gated(EndpointNames.Start, HttpMethods.Post, RouteNames.Start, StartAsync),
            Gated(EndpointNames.StartWithId, HttpMethods.Post, RouteNames.StartWithId, StartAsync),
        ];
    }

    WebEndpoint[] Instances(WebPorts ports)
    {
        var handler = new InstanceHandler(ports.Workflows);
        return
        [
            Gated(EndpointNames.Instances, HttpMethods.Get, RouteNames.Instances, (context, _) => handler.HandleListAsync(context, context.RequestAborted)),
            Gated(EndpointNames.Instance, HttpMethods.Get, RouteNames.Instance, (context, _) => handler.HandleOneAsync(context, Instance(context), context.RequestAborted)),
        ];
    }

    WebEndpoint[] Signals(WebPorts ports)
    {
        var handler = new SignalHandler(ports.Workflows, ports.Recorder, ports.Events, ports.Time);
        return
        [
            Gated(EndpointNames.RaiseEvent, HttpMethods.Post, RouteNames.RaiseEvent, (context, caller) => handler.HandleRaiseEventAsync(
                context, caller, Instance(context), Value(context, RouteValueNames.EventName), context.RequestAborted)),
            Gated(EndpointNames.Terminate, HttpMethods.Post, RouteNames.Terminate, (context, caller) => handler.HandleTerminateAsync(
                context, caller, Instance(context), context.RequestAborted)),
            Gated(EndpointNames.Suspend, HttpMethods.Post, RouteNames.Suspend, (context, caller) => handler.HandleSuspendAsync(
                context, caller, Instance(context), context.RequestAborted)),
            Gated(EndpointNames.Resume, HttpMethods.Post, RouteNames.Resume, (context, caller) => handler.HandleResumeAsync(
                context, caller, Instance(context), context.RequestAborted)),
        ];
    }

    WebEndpoint[] Records(WebPorts ports)
    {
        var handler = new RecordsHandler(ports.Reader);
        var replays = new ReplayHandler(ports.Replays, ports.Time);
        return
        [
            Gated(EndpointNames.Identities, HttpMethods.Get, RouteNames.Identities, (context, _) => handler.HandleIdentitiesAsync(context, context.RequestAborted)),
            Gated(EndpointNames.Identity, HttpMethods.Get, RouteNames.Identity, (context, _) => handler.HandleIdentityAsync(
                context, Value(context, RouteValueNames.Id), context.RequestAborted)),
            Gated(EndpointNames.Exceptions, HttpMethods.Get, RouteNames.Exceptions, (context, _) => handler.HandleExceptionsAsync(context, context.RequestAborted)),
            Gated(EndpointNames.Replay, HttpMethods.Post, RouteNames.Replay, (context, caller) => replays.HandleAsync(context, caller, context.RequestAborted)),
        ];
    }

    WebEndpoint[] Drifts(WebPorts ports)
    {
        var handler = new DriftHandler(ports.Drifts);
        var decisions = new DriftDecisionHandler(ports.DriftDecisions, ports.Time);
        return
        [
            Gated(EndpointNames.Drifts, HttpMethods.Get, RouteNames.Drifts, (context, _) => handler.HandleListAsync(context, context.RequestAborted)),
            Gated(EndpointNames.DriftReport, HttpMethods.Get, RouteNames.DriftReport, (context, _) => handler.HandleReportAsync(context, context.RequestAborted)),
            Gated(EndpointNames.DecideDrift, HttpMethods.Post, RouteNames.DecideDrift, (context, caller) => decisions.HandleAsync(context, caller, context.RequestAborted)),
        ];
    }

    WebEndpoint[] Reconciliations(WebPorts ports)
    {
        var reader = new DriftHandler(ports.Drifts);
        var handler = new ReconciliationHandler(ports.Reconciliations, ports.Configuration, ports.Time);
        return
        [
            Gated(EndpointNames.Reconciliations, HttpMethods.Get, RouteNames.Reconciliations, (context, _) => reader.HandleReconciliationsAsync(context, context.RequestAborted)),
            Gated(EndpointNames.StartReconciliation, HttpMethods.Post, RouteNames.Reconciliations, (context, caller) => handler.HandleStartAsync(
                context, caller, context.RequestAborted)),
            Gated(EndpointNames.ReconciliationSchedules, HttpMethods.Get, RouteNames.ReconciliationSchedules, (context, _) => reader.HandleSchedulesAsync(
                context, context.RequestAborted)),
            Gated(EndpointNames.ApplyPlan, HttpMethods.Post, RouteNames.ApplyPlan, (context, caller) => handler.HandleApplyAsync(
                context, caller, Value(context, RouteValueNames.Target), context.RequestAborted)),
            Gated(EndpointNames.PauseReconciliation, HttpMethods.Post, RouteNames.PauseReconciliation, (context, caller) => handler.HandlePauseAsync(
                context, caller, Value(context, RouteValueNames.Target), context.RequestAborted)),
            Gated(EndpointNames.ResumeReconciliation, HttpMethods.Post, RouteNames.ResumeReconciliation, (context, caller) => handler.HandleResumeAsync(
                context, caller, Value(context, RouteValueNames.Target), context.RequestAborted)),
            Gated(EndpointNames.ReconciliationPlan, HttpMethods.Get, RouteNames.ReconciliationPlan, (context, _) => reader.HandlePlanAsync(
                context, Value(context, RouteValueNames.Target), Value(context, RouteValueNames.Number), context.RequestAborted)),
        ];
    }

    static string Instance(HttpContext context) => Value(context, RouteValueNames.InstanceId);

    WebEndpoint Open(string name, string method, string pattern, RequestDelegate handler) =>
        new(name, method, pattern, null, _shield.Around(name, handler));

    // Reading needs the viewer's role and everything else the operator's, by the method alone, so that no endpoint can be forgotten.
    WebEndpoint Gated(string name, string method, string pattern, Func<HttpContext, ApiCaller, Task> handler)
    {
        var role = HttpMethods.IsGet(method) ? RoleNames.Viewer : RoleNames.Operator;
        return new(name, method, pattern, role, _shield.Around(name, async context =>
        {
            if (await Gate.AdmitAsync(context, role) is not { } caller)
            {
                return;
            }

            using var place = _apiCalls.TryEnter();
            await (place is null ? Occupancy.Full.WriteAsync(context) : handler(context, caller));
        }));
    }
}
