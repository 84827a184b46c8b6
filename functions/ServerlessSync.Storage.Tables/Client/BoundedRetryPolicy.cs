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
        if (!message.HasResponse || !message.Response.Headers.TryGetValue("Retry-After", out var wait))
        {
            return false;
        }

        return double.TryParse(wait, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            ? seconds > options.MaxRetryDelay.TotalSeconds
            : DateTimeOffset.TryParse(wait, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until)
              && until - clock.GetUtcNow() > options.MaxRetryDelay;
    }
}
