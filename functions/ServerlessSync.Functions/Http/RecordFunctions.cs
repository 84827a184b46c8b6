using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessSync.Web;

namespace ServerlessSync.Functions;

/// <summary>Shows identities and exceptions.</summary>
/// <param name="door">Answers.</param>
public sealed class RecordFunctions(WebDoor door)
{
    /// <inheritdoc cref="TriggerRoutes.Identities"/>
    [Function(EndpointNames.Identities)]
    public Task<IResult> IdentitiesAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TriggerRoutes.Identities)] HttpRequest request) =>
        door.AnswerAsync(EndpointNames.Identities, request);

    /// <inheritdoc cref="TriggerRoutes.Identity"/>
    [Function(EndpointNames.Identity)]
    public Task<IResult> IdentityAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TriggerRoutes.Identity)] HttpRequest request) =>
        door.AnswerAsync(EndpointNames.Identity, request);

    /// <inheritdoc cref="TriggerRoutes.Exceptions"/>
    [Function(EndpointNames.Exceptions)]
    public Task<IResult> ExceptionsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TriggerRoutes.Exceptions)] HttpRequest request) =>
        door.AnswerAsync(EndpointNames.Exceptions, request);

    /// <inheritdoc cref="TriggerRoutes.Replay"/>
    [Function(EndpointNames.Replay)]
    public Task<IResult> ReplayAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = TriggerRoutes.Replay)] HttpRequest request) =>
        door.AnswerAsync(EndpointNames.Replay, request);
}
