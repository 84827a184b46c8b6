using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;

namespace ServerlessSync.Storage.Tables.Client;

/// <summary>Azure.Core's retry, but no service can make a caller wait longer than the longest wait configured.</summary>
sealed class BoundedRetryPolicy(TablesOptions options, TimeProvider clock)
    : RetryPolicy(options.MaxRetries, DelayStrategy.CreateExponentialDelayStrategy(options.RetryDelay, options.MaxRetryDelay))
{
    protected override async ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
        !AsksForLongerWait(message) && await base.ShouldRetryAsync(message, exception);

    bool AsksForLongerWait(HttpMessage message)
    {
        if (!message.HasResponse)
        {
            return false;
        }

        // Azure.Core follows each of these.
        var headers = message.Response.Headers;
        return AsksForLongerWait(headers, "retry-after-ms") || AsksForLongerWait(headers, "x-ms-retry-after-ms") || AsksForLongerSeconds(headers);
    }

    bool AsksForLongerWait(ResponseHeaders headers, string name) =>
        headers.TryGetValue(name, out var wait)
        && double.TryParse(wait, NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds)
        && milliseconds > options.MaxRetryDelay.TotalMilliseconds;

    bool AsksForLongerSeconds(ResponseHeaders headers)
    {
        if (!headers.TryGetValue("Retry-After", out var wait))
        {
            return false;
        }

        return double.TryParse(wait, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            ? seconds > options.MaxRetryDelay.TotalSeconds
            : DateTimeOffset.TryParse(wait, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until)
              && until - clock.GetUtcNow() > options.MaxRetryDelay;
    }
}
