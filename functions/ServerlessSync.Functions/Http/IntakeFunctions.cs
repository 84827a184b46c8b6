using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessSync.Web;

namespace ServerlessSync.Functions;

/// <summary>What sources and probes call.</summary>
/// <param name="door">Answers.</param>
public sealed class IntakeFunctions(WebDoor door)
{
    /// <inheritdoc cref="TriggerRoutes.Health"/>
    [Function(EndpointNames.Health)]
    public Task<IResult> HealthAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TriggerRoutes.Health)] HttpRequest request) =>
        door.AnswerAsync(EndpointNames.Health, request);

    /// <inheritdoc cref="TriggerRoutes.Intake"/>
    [Function(EndpointNames.Intake)]
    public Task<IResult> IntakeAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = TriggerRoutes.Intake)] HttpRequest request) =>
        door.AnswerAsync(EndpointNames.Intake, request);
}
