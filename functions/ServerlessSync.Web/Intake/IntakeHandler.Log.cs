using Microsoft.Extensions.Logging;

namespace ServerlessSync.Web.Intake;

public sealed partial class IntakeHandler
{
    [LoggerMessage(2101, LogLevel.Warning, "Webhook for source '{Source}' refused: {Reason}, webhook id '{WebhookId}', {Total} of this kind so far")]
    static partial void LogRefused(ILogger logger, string source, RefusalReason reason, string webhookId, long total);

    [LoggerMessage(2102, LogLevel.Warning, "Source '{Source}' has no signing key; all its webhooks will be refused")]
    static partial void LogNoKey(ILogger logger, string source);

    [LoggerMessage(2103, LogLevel.Error, "The inbox cannot record events of source '{Source}'")]
    static partial void LogStoreFailed(ILogger logger, string source, Exception exception);
}
