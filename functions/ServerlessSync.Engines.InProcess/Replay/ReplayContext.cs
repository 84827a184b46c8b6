using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessSync.Engines.InProcess.Replay;

/// <summary>The door that workflow code is given: each call becomes an action of the turn.</summary>
sealed class ReplayContext(Execution execution, Generation generation) : WorkflowContext
{
    const int ParentChars = 60;

    public override string InstanceId => generation.InstanceId;

    public override string Version => generation.Version;

    public override DateTimeOffset CurrentUtcDateTime => execution.Now;

    public override bool IsReplaying => execution.IsReplaying;

    public override Task<TResult> CallActivityAsync<TResult>(string name, object? input = null)
    {
        DemandOpen();
        if (Fitting(input, $"Input of activity '{name}'", out var json) is { } e)
        {
            return Task.FromException<TResult>(e);
        }

        return execution.Schedule<TResult>(new(EventKind.ActivityScheduled) { Id = execution.TakeId(), Name = name, Payload = json });
    }

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(string name, object? input = null, string? instanceId = null)
    {
        DemandOpen();
        if (Fitting(input, $"Input of workflow '{name}'", out var json) is { } e)
        {
            return Task.FromException<TResult>(e);
        }

        if (instanceId is not null && !WorkflowLimits.IsInstanceId(instanceId))
        {
            return Task.FromException<TResult>(new ArgumentException($"'{instanceId}' is no instance id.", nameof(instanceId)));
        }

        var id = execution.TakeId();
        var child = instanceId ?? ChildId(id);
        return execution.Schedule<TResult>(new(EventKind.ChildScheduled) { Id = id, Name = name, Target = child, Payload = json });
    }

    public override Task CreateTimer(DateTimeOffset fireAt, CancellationToken cancellationToken)
    {
        DemandOpen();
        return cancellationToken.IsCancellationRequested
            ? Task.FromCanceled(cancellationToken)
            : execution.ScheduleTimer(fireAt, cancellationToken);
    }

    public override Task<TEvent> WaitForExternalEvent<TEvent>(string name, CancellationToken cancellationToken = default)
    {
        DemandOpen();
        return execution.Events.Wait<TEvent>(name, execution.Scheduler, cancellationToken);
    }

    public override void SendEvent(string instanceId, string eventName, object? payload = null)
    {
        DemandOpen();
        if (Fitting(payload, $"Event '{eventName}'", out var json) is { } e)
        {
            throw e;
        }

        execution.Add(new(EventKind.EventSent) { Id = execution.TakeId(), Name = eventName, Target = instanceId, Payload = json });
    }

    public override void SetCustomStatus(object? customStatus)
    {
        execution.Scheduler.Demand();
        execution.CustomStatus = WorkflowPayload.WithinLimit(WorkflowPayload.From(customStatus), WorkflowLimits.CustomStatusBytes, "The custom status");
    }

    public override void ContinueAsNew(object? newInput, bool preserveUnprocessedEvents = true)
    {
        DemandOpen();
        if (Fitting(newInput, "Input of the next generation", out var json) is { } e)
        {
            throw e;
        }

        execution.Continuation = (json, preserveUnprocessedEvents);
    }

    /// <summary>A name-based id (RFC 9562, version 8): from the run's id and how many were made before.</summary>
    public override Guid NewGuid()
    {
        execution.Scheduler.Demand();
        Span<byte> name = stackalloc byte[(WorkflowLimits.InstanceIdChars * 3) + 4];
        BinaryPrimitives.WriteInt32BigEndian(name, execution.Guids++);
        var length = 4 + Encoding.UTF8.GetBytes(InstanceId, name[4..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(name[..length], hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    public override TInput GetInput<TInput>() => WorkflowPayload.To<TInput>(generation.Input);

    static ArgumentException? Fitting(object? value, string what, out string? json)
    {
        json = WorkflowPayload.From(value);
        return WorkflowPayload.Fits(json, WorkflowLimits.PayloadBytes)
            ? null
            : new ArgumentException($"{what} is larger than the limit of {WorkflowLimits.PayloadBytes} bytes.", nameof(value));
    }

    /// <summary>The parent's id and the task's; of a long parent the beginning and a hash, so that ids of any depth stay within the limit.</summary>
    string ChildId(int id)
    {
        var parent = InstanceId.Length <= ParentChars + 20
            ? InstanceId
            : string.Concat(InstanceId.AsSpan(0, ParentChars), "~", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(InstanceId)), 0, 8));
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{parent}:{id}");
    }

    void DemandOpen()
    {
        execution.Scheduler.Demand();
        if (execution.Continuation is not null)
        {
            throw new InvalidOperationException("The code must return right after ContinueAsNew.");
        }
    }
}
