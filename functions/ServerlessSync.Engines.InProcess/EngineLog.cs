using Microsoft.Extensions.Logging;

namespace ServerlessSync.Engines.InProcess;

/// <summary>What the engine logs: ids and reasons, never payloads.</summary>
sealed partial class EngineLog(ILogger logger)
{
    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning, Message = "A turn of run '{InstanceId}' was not stored; the run is loaded again.")]
    public partial void TurnDropped(string instanceId, Exception exception);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Critical, Message = "The engine has halted: it no longer owns its history.")]
    public partial void Halted(Exception exception);

    [LoggerMessage(EventId = 1103, Level = LogLevel.Warning, Message = "The history's lease was not renewed; trying again.")]
    public partial void NotRenewed(Exception exception);

    [LoggerMessage(EventId = 1104, Level = LogLevel.Warning, Message = "Activities were still running at the end of the stop's time limit and are cancelled.")]
    public partial void StopTimedOut();

    [LoggerMessage(EventId = 1105, Level = LogLevel.Warning, Message = "The history's lease was not released.")]
    public partial void NotReleased(Exception exception);

    [LoggerMessage(EventId = 1106, Level = LogLevel.Error, Message = "Run '{InstanceId}' is held and takes no turn: {Reason}")]
    public partial void Held(string instanceId, string reason);

    [LoggerMessage(EventId = 1107, Level = LogLevel.Error, Message = "Run '{InstanceId}' is failed: {Reason}")]
    public partial void NonDeterministic(string instanceId, string reason);

    [LoggerMessage(EventId = 1108, Level = LogLevel.Warning, Message = "The runs that have not ended were not all read; trying again.")]
    public partial void TakeUpDelayed(Exception exception);
}
