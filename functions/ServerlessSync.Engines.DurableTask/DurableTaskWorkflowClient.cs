using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace ServerlessSync.Engines.DurableTask;

/// <summary>
/// The port on Durable Task's own client. Durable Task takes a signal for any id without an answer, so whether the run is there is read first; a
/// run that ends in between loses the signal, as the port allows. It bounds no queue: <see cref="EngineOverloadedException"/> is never thrown.
/// </summary>
/// <param name="client">The client, which the host owns.</param>
/// <param name="catalog">What can be started.</param>
public sealed class DurableTaskWorkflowClient(DurableTaskClient client, WorkflowCatalog catalog) : IWorkflowClient
{
    const int MostOnPage = 1000;

    /// <inheritdoc/>
    public async Task<StartResult> ScheduleNewOrchestrationInstanceAsync(
        string name, string? input, string instanceId, CancellationToken cancellationToken)
    {
        var version = catalog.FindVersion(name) ?? throw new ArgumentException($"There is no workflow '{name}'.", nameof(name));
        if (!WorkflowLimits.IsInstanceId(instanceId))
        {
            throw new ArgumentException($"'{instanceId}' is no instance id.", nameof(instanceId));
        }

        WorkflowPayload.Check(input, nameof(input));
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                new TaskName(name), Elements.Of(input), Stamp.Start(version, instanceId), cancellationToken);
            return StartResult.Started;
        }
        catch (OrchestrationAlreadyExistsException)
        {
            return StartResult.AlreadyExists;
        }
    }

    /// <inheritdoc/>
    public async Task<WorkflowInstance?> GetInstanceAsync(string instanceId, CancellationToken cancellationToken) =>
        await client.GetInstanceAsync(instanceId, getInputsAndOutputs: true, cancellationToken) is { } run ? Instances.Show(run, withPayloads: true) : null;

    /// <inheritdoc/>
    public async Task<WorkflowInstancePage> GetAllInstancesAsync(WorkflowInstanceQuery query, CancellationToken cancellationToken)
    {
        if (query.PageSize is < 1 or > MostOnPage)
        {
            throw new ArgumentOutOfRangeException(nameof(query), query.PageSize, $"A page has 1 to {MostOnPage} runs.");
        }

        var statuses = Instances.Ask(query.Statuses);
        if (query.Statuses.Count > 0 && statuses.Count == 0)
        {
            return new([], ContinuationToken: null);
        }

        var runs = client.GetAllInstancesAsync(new OrchestrationQuery(
            query.CreatedFrom,
            query.CreatedTo,
            statuses.Count > 0 ? statuses : null,
            InstanceIdPrefix: query.InstanceIdPrefix,
            PageSize: query.PageSize,
            FetchInputsAndOutputs: query.FetchInputsAndOutputs,
            ContinuationToken: query.ContinuationToken));
        await foreach (var page in runs.AsPages(query.ContinuationToken, query.PageSize).WithCancellation(cancellationToken))
        {
            return new([.. page.Values.Select(run => Instances.Show(run, query.FetchInputsAndOutputs))], page.ContinuationToken);
        }

        return new([], ContinuationToken: null);
    }

    /// <inheritdoc/>
    public Task<SignalResult> RaiseEventAsync(string instanceId, string eventName, string? payload, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        WorkflowPayload.Check(payload, nameof(payload));
        return SignalAsync(instanceId, () => client.RaiseEventAsync(instanceId, eventName, Elements.Of(payload), cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<SignalResult> SuspendInstanceAsync(string instanceId, string? reason, CancellationToken cancellationToken) =>
        SignalAsync(instanceId, () => client.SuspendInstanceAsync(instanceId, reason, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<SignalResult> ResumeInstanceAsync(string instanceId, string? reason, CancellationToken cancellationToken) =>
        SignalAsync(instanceId, () => client.ResumeInstanceAsync(instanceId, reason, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<SignalResult> TerminateInstanceAsync(string instanceId, string? reason, CancellationToken cancellationToken) =>
        SignalAsync(
            instanceId, () => client.TerminateInstanceAsync(instanceId, new TerminateInstanceOptions(reason), cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async Task<WorkflowInstance> WaitForInstanceCompletionAsync(string instanceId, CancellationToken cancellationToken) =>
        Instances.Show(await client.WaitForInstanceCompletionAsync(instanceId, getInputsAndOutputs: true, cancellationToken), withPayloads: true);

    async Task<SignalResult> SignalAsync(string instanceId, Func<Task> send, CancellationToken cancellationToken)
    {
        var standing = await LookAsync(instanceId, cancellationToken);
        if (standing != SignalResult.Accepted)
        {
            return standing;
        }

        try
        {
            await send();
            return SignalResult.Accepted;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A host that looks itself refuses what is for a run that ended in between, with whatever exception it has.
            standing = await LookAsync(instanceId, cancellationToken);
            if (standing == SignalResult.Accepted)
            {
                throw;
            }

            return standing;
        }
    }

    async Task<SignalResult> LookAsync(string instanceId, CancellationToken cancellationToken) =>
        await client.GetInstanceAsync(instanceId, getInputsAndOutputs: false, cancellationToken) is not { } run ? SignalResult.NotFound
        : Instances.Show(run, withPayloads: false).HasEnded ? SignalResult.Ended
        : SignalResult.Accepted;
}
