using Microsoft.Extensions.Logging;

namespace ServerlessSync.Web.Access;

public sealed partial class ApiGate
{
    [LoggerMessage(2201, LogLevel.Warning, "API call without a valid key: {Method} {Path}, {Total} so far")]
    static partial void LogNoCaller(ILogger logger, string method, string path, long total);

    [LoggerMessage(2202, LogLevel.Warning, "API call of '{Caller}' without role '{Role}': {Method} {Path}")]
    static partial void LogNoRole(ILogger logger, string caller, string role, string method, string path);

    [LoggerMessage(2203, LogLevel.Warning, "No API key is configured; the API answers 503")]
    static partial void LogNoApi(ILogger logger);
}
