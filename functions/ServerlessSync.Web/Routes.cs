namespace ServerlessSync.Web;

/// <summary>
/// Routes of everything spoken over HTTP, as triggers of Azure Functions take them: the worker puts the first slash itself, and a route that
/// brings one is none (<see href="https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger"/>). None may begin
/// with <c>admin</c> or <c>runtime</c>.
/// </summary>
public static class TriggerRoutes
{
    /// <summary>Signed webhooks of one source.</summary>
    public const string Intake = "intake/{source}";

    /// <summary>Answers ok while the process serves.</summary>
    public const string Health = "healthz";

    /// <summary>Where the Durable Functions HTTP API lies. Durable Functions itself has it below <c>runtime/webhooks</c>, which the Functions host keeps to itself.</summary>
    public const string Durable = "durabletask";

    /// <summary>Starts a run under an id the mesh makes.</summary>
    public const string Start = Durable + "/orchestrators/{name}";

    /// <summary>Starts a run under a given id.</summary>
    public const string StartWithId = Start + "/{instanceId}";

    /// <summary>Runs, page by page.</summary>
    public const string Instances = Durable + "/instances";

    /// <summary>One run.</summary>
    public const string Instance = Instances + "/{instanceId}";

    /// <summary>Sends an event to a run.</summary>
    public const string RaiseEvent = Instance + "/raiseEvent/{eventName}";

    /// <summary>Asks a run to stop and compensate, or stops it hard.</summary>
    public const string Terminate = Instance + "/terminate";

    /// <summary>Lets a run take no further turn.</summary>
    public const string Suspend = Instance + "/suspend";

    /// <summary>Lets a suspended run go on.</summary>
    public const string Resume = Instance + "/resume";

    /// <summary>Identities, page by page.</summary>
    public const string Identities = "identities";

    /// <summary>One identity.</summary>
    public const string Identity = Identities + "/{id}";

    /// <summary>Exceptions, page by page.</summary>
    public const string Exceptions = "exceptions";

    /// <summary>Carries the event of an exception out anew.</summary>
    public const string Replay = Exceptions + "/replay";

    /// <summary>Open drift, page by page.</summary>
    public const string Drifts = "drifts";

    /// <summary>Drift now and over time, as JSON, CSV or a page.</summary>
    public const string DriftReport = Drifts + "/report";

    /// <summary>Decides what is done about one drift.</summary>
    public const string DecideDrift = Drifts + "/decide";

    /// <summary>Comparisons of targets with the record.</summary>
    public const string Reconciliations = "reconciliations";

    /// <summary>When targets are compared, and what was missed.</summary>
    public const string ReconciliationSchedules = Reconciliations + "/schedules";

    /// <summary>Applies exactly the plan that was looked at.</summary>
    public const string ApplyPlan = Reconciliations + "/{target}/apply";

    /// <summary>Pauses the target's comparison that is under way.</summary>
    public const string PauseReconciliation = Reconciliations + "/{target}/pause";

    /// <summary>Lets a paused comparison go on.</summary>
    public const string ResumeReconciliation = Reconciliations + "/{target}/resume";

    /// <summary>What a comparison would do, or has done, page by page.</summary>
    public const string ReconciliationPlan = Reconciliations + "/{target}/{number}/plan";
}

/// <summary>Routes of everything spoken over HTTP.</summary>
public static class RouteNames
{
    /// <inheritdoc cref="TriggerRoutes.Intake"/>
    public const string Intake = "/" + TriggerRoutes.Intake;

    /// <inheritdoc cref="TriggerRoutes.Health"/>
    public const string Health = "/" + TriggerRoutes.Health;

    /// <inheritdoc cref="TriggerRoutes.Durable"/>
    public const string Durable = "/" + TriggerRoutes.Durable;

    /// <inheritdoc cref="TriggerRoutes.Start"/>
    public const string Start = "/" + TriggerRoutes.Start;

    /// <inheritdoc cref="TriggerRoutes.StartWithId"/>
    public const string StartWithId = "/" + TriggerRoutes.StartWithId;

    /// <inheritdoc cref="TriggerRoutes.Instances"/>
    public const string Instances = "/" + TriggerRoutes.Instances;

    /// <inheritdoc cref="TriggerRoutes.Instance"/>
    public const string Instance = "/" + TriggerRoutes.Instance;

    /// <inheritdoc cref="TriggerRoutes.RaiseEvent"/>
    public const string RaiseEvent = "/" + TriggerRoutes.RaiseEvent;

    /// <inheritdoc cref="TriggerRoutes.Terminate"/>
    public const string Terminate = "/" + TriggerRoutes.Terminate;

    /// <inheritdoc cref="TriggerRoutes.Suspend"/>
    public const string Suspend = "/" + TriggerRoutes.Suspend;

    /// <inheritdoc cref="TriggerRoutes.Resume"/>
    public const string Resume = "/" + TriggerRoutes.Resume;

    /// <inheritdoc cref="TriggerRoutes.Identities"/>
    public const string Identities = "/" + TriggerRoutes.Identities;

    /// <inheritdoc cref="TriggerRoutes.Identity"/>
    public const string Identity = "/" + TriggerRoutes.Identity;

    /// <inheritdoc cref="TriggerRoutes.Exceptions"/>
    public const string Exceptions = "/" + TriggerRoutes.Exceptions;

    /// <inheritdoc cref="TriggerRoutes.Replay"/>
    public const string Replay = "/" + TriggerRoutes.Replay;

    /// <inheritdoc cref="TriggerRoutes.Drifts"/>
    public const string Drifts = "/" + TriggerRoutes.Drifts;

    /// <inheritdoc cref="TriggerRoutes.DriftReport"/>
    public const string DriftReport = "/" + TriggerRoutes.DriftReport;

    /// <inheritdoc cref="TriggerRoutes.DecideDrift"/>
    public const string DecideDrift = "/" + TriggerRoutes.DecideDrift;

    /// <inheritdoc cref="TriggerRoutes.Reconciliations"/>
    public const string Reconciliations = "/" + TriggerRoutes.Reconciliations;

    /// <inheritdoc cref="TriggerRoutes.ReconciliationSchedules"/>
    public const string ReconciliationSchedules = "/" + TriggerRoutes.ReconciliationSchedules;

    /// <inheritdoc cref="TriggerRoutes.ApplyPlan"/>
    public const string ApplyPlan = "/" + TriggerRoutes.ApplyPlan;

    /// <inheritdoc cref="TriggerRoutes.PauseReconciliation"/>
    public const string PauseReconciliation = "/" + TriggerRoutes.PauseReconciliation;

    /// <inheritdoc cref="TriggerRoutes.ResumeReconciliation"/>
    public const string ResumeReconciliation = "/" + TriggerRoutes.ResumeReconciliation;

    /// <inheritdoc cref="TriggerRoutes.ReconciliationPlan"/>
    public const string ReconciliationPlan = "/" + TriggerRoutes.ReconciliationPlan;
}

/// <summary>Names of the endpoints, which are those of the functions that serve them too.</summary>
public static class EndpointNames
{
    /// <inheritdoc cref="TriggerRoutes.Health"/>
    public const string Health = "health";

    /// <inheritdoc cref="TriggerRoutes.Intake"/>
    public const string Intake = "intake";

    /// <inheritdoc cref="TriggerRoutes.Start"/>
    public const string Start = "start";

    /// <inheritdoc cref="TriggerRoutes.StartWithId"/>
    public const string StartWithId = "start-with-id";

    /// <inheritdoc cref="TriggerRoutes.Instances"/>
    public const string Instances = "instances";

    /// <inheritdoc cref="TriggerRoutes.Instance"/>
    public const string Instance = "instance";

    /// <inheritdoc cref="TriggerRoutes.RaiseEvent"/>
    public const string RaiseEvent = "raise-event";

    /// <inheritdoc cref="TriggerRoutes.Terminate"/>
    public const string Terminate = "terminate";

    /// <inheritdoc cref="TriggerRoutes.Suspend"/>
    public const string Suspend = "suspend";

    /// <inheritdoc cref="TriggerRoutes.Resume"/>
    public const string Resume = "resume";

    /// <inheritdoc cref="TriggerRoutes.Identities"/>
    public const string Identities = "identities";

    /// <inheritdoc cref="TriggerRoutes.Identity"/>
    public const string Identity = "identity";

    /// <inheritdoc cref="TriggerRoutes.Exceptions"/>
    public const string Exceptions = "exceptions";

    /// <inheritdoc cref="TriggerRoutes.Replay"/>
    public const string Replay = "replay";

    /// <inheritdoc cref="TriggerRoutes.Drifts"/>
    public const string Drifts = "drifts";

    /// <inheritdoc cref="TriggerRoutes.DriftReport"/>
    public const string DriftReport = "drift-report";

    /// <inheritdoc cref="TriggerRoutes.DecideDrift"/>
    public const string DecideDrift = "decide-drift";

    /// <inheritdoc cref="TriggerRoutes.Reconciliations"/>
    public const string Reconciliations = "reconciliations";

    /// <inheritdoc cref="TriggerRoutes.ReconciliationSchedules"/>
    public const string ReconciliationSchedules = "reconciliation-schedules";

    /// <inheritdoc cref="TriggerRoutes.ApplyPlan"/>
    public const string ApplyPlan = "apply-plan";

    /// <inheritdoc cref="TriggerRoutes.PauseReconciliation"/>
    public const string PauseReconciliation = "pause-reconciliation";

    /// <inheritdoc cref="TriggerRoutes.ResumeReconciliation"/>
    public const string ResumeReconciliation = "resume-reconciliation";

    /// <inheritdoc cref="TriggerRoutes.ReconciliationPlan"/>
    public const string ReconciliationPlan = "reconciliation-plan";

    /// <summary>Starts a comparison; the route is that of <see cref="Reconciliations"/>.</summary>
    public const string StartReconciliation = "start-reconciliation";
}

/// <summary>Names of the values in <see cref="RouteNames"/> that a path carries.</summary>
public static class RouteValueNames
{
    /// <summary>Name of the source.</summary>
    public const string Source = "source";

    /// <summary>Name of the workflow.</summary>
    public const string Workflow = "name";

    /// <summary>Id of the run.</summary>
    public const string InstanceId = "instanceId";

    /// <summary>Name of the event.</summary>
    public const string EventName = "eventName";

    /// <summary>Id of the identity.</summary>
    public const string Id = "id";

    /// <summary>Name of the target.</summary>
    public const string Target = "target";

    /// <summary>Number of the comparison.</summary>
    public const string Number = "number";
}
