using Microsoft.Extensions.Logging;

namespace ServerlessSync.Web.Http;

sealed partial class Shield
{
    [LoggerMessage(2001, LogLevel.Error, "{Endpoint} failed")]
    static partial void LogFailed(ILogger logger, string endpoint, Exception exception);

    [LoggerMessage(2002, LogLevel.Warning, "{Endpoint}: the store does not answer")]
    static partial void LogStoreFailed(ILogger logger, string endpoint, Exception exception);
}
