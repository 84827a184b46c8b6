using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ServerlessSync.Web;

namespace ServerlessSync.Functions;

/// <summary>Shows drift and comparisons, starts comparisons, and takes decisions.</summary>
/// <param name="door">Answers.</param>
public sealed class DriftFunctions(WebDoor door)
{
    /// <inheritdoc cref="TriggerRoutes.Drifts"/>
    [Function(EndpointNames.Drifts)]
    public Task<IResult> DriftsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TriggerRoutes.Drifts)] HttpRequest request) =>
        door.AnswerAsync(EndpointNames.Drifts, request);

    /// <inheritdoc cref="TriggerRoutes.DriftReport"/>
    [Function(EndpointNames.DriftReport)]
    public Task<IResult> ReportAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TriggerRoutes.DriftReport)] HttpRequest request) =>
        door.AnswerAsync(EndpointNames.DriftReport, request);

    /// <inheritdoc cref="TriggerRoutes.DecideDrift"/>
    [Function(EndpointNames.DecideDrift)]
    public Task<IResult> DecideAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = TriggerRoutes.DecideDrift)] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        door.AnswerAsync(EndpointNames.DecideDrift, request, client);

    /// <inheritdoc cref="TriggerRoutes.Reconciliations"/>
    [Function(EndpointNames.Reconciliations)]
    public Task<IResult> ReconciliationsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TriggerRoutes.Reconciliations)] HttpRequest request) =>
        door.AnswerAsync(EndpointNames.Reconciliations, request);

    /// <inheritdoc cref="EndpointNames.StartReconciliation"/>
    [Function(EndpointNames.StartReconciliation)]
    public Task<IResult> StartAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = TriggerRoutes.Reconciliations)] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        door.AnswerAsync(EndpointNames.StartReconciliation, request, client);

    /// <inheritdoc cref="TriggerRoutes.ReconciliationSchedules"/>
    [Function(EndpointNames.ReconciliationSchedules)]
    public Task<IResult> SchedulesAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TriggerRoutes.ReconciliationSchedules)] HttpRequest request) =>
        door.AnswerAsync(EndpointNames.ReconciliationSchedules, request);

    /// <inheritdoc cref="TriggerRoutes.ApplyPlan"/>
    [Function(EndpointNames.ApplyPlan)]
    public Task<IResult> ApplyAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = TriggerRoutes.ApplyPlan)] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        door.AnswerAsync(EndpointNames.ApplyPlan, request, client);

    /// <inheritdoc cref="TriggerRoutes.PauseReconciliation"/>
    [Function(EndpointNames.PauseReconciliation)]
    public Task<IResult> PauseAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = TriggerRoutes.PauseReconciliation)] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        door.AnswerAsync(EndpointNames.PauseReconciliation, request, client);

    /// <inheritdoc cref="TriggerRoutes.ResumeReconciliation"/>
    [Function(EndpointNames.ResumeReconciliation)]
    public Task<IResult> ResumeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = TriggerRoutes.ResumeReconciliation)] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        door.AnswerAsync(EndpointNames.ResumeReconciliation, request, client);

    /// <inheritdoc cref="TriggerRoutes.ReconciliationPlan"/>
    [Function(EndpointNames.ReconciliationPlan)]
    public Task<IResult> PlanAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TriggerRoutes.ReconciliationPlan)] HttpRequest request) =>
        door.AnswerAsync(EndpointNames.ReconciliationPlan, request);
}
