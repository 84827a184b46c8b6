using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ServerlessSync.Web;

namespace ServerlessSync.Functions;

/// <summary>Starts, shows and steers runs.</summary>
/// <param name="door">Answers.</param>
public sealed class RunControlFunctions(WebDoor door)
{
    /// <inheritdoc cref="TriggerRoutes.Start"/>
    [Function(EndpointNames.Start)]
    public Task<IResult> StartAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = TriggerRoutes.Start)] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        door.AnswerAsync(EndpointNames.Start, request, client);

    /// <inheritdoc cref="TriggerRoutes.StartWithId"/>
    [Function(EndpointNames.StartWithId)]
    public Task<IResult> StartWithIdAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = TriggerRoutes.StartWithId)] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        door.AnswerAsync(EndpointNames.StartWithId, request, client);

    /// <inheritdoc cref="TriggerRoutes.Instances"/>
    [Function(EndpointNames.Instances)]
    public Task<IResult> InstancesAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TriggerRoutes.Instances)] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        door.AnswerAsync(EndpointNames.Instances, request, client);

    /// <inheritdoc cref="TriggerRoutes.Instance"/>
    [Function(EndpointNames.Instance)]
    public Task<IResult> InstanceAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = TriggerRoutes.Instance)] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        door.AnswerAsync(EndpointNames.Instance, request, client);

    /// <inheritdoc cref="TriggerRoutes.RaiseEvent"/>
    [Function(EndpointNames.RaiseEvent)]
    public Task<IResult> RaiseEventAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = TriggerRoutes.RaiseEvent)] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        door.AnswerAsync(EndpointNames.RaiseEvent, request, client);

    /// <inheritdoc cref="TriggerRoutes.Terminate"/>
    [Function(EndpointNames.Terminate)]
    public Task<IResult> TerminateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = TriggerRoutes.Terminate)] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        door.AnswerAsync(EndpointNames.Terminate, request, client);

    /// <inheritdoc cref="TriggerRoutes.Suspend"/>
    [Function(EndpointNames.Suspend)]
    public Task<IResult> SuspendAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = TriggerRoutes.Suspend)] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        door.AnswerAsync(EndpointNames.Suspend, request, client);

    /// <inheritdoc cref="TriggerRoutes.Resume"/>
    [Function(EndpointNames.Resume)]
    public Task<IResult> ResumeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = TriggerRoutes.Resume)] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        door.AnswerAsync(EndpointNames.Resume, request, client);
}
