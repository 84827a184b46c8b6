using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace ServerlessSync.Connectors.Http;

/// <summary>What one HTTP status means.</summary>
/// <param name="Status">The status.</param>
/// <param name="OnRead">What it means as the answer to a read.</param>
/// <param name="OnWrite">What it means as the answer to a write.</param>
public sealed record HttpFailureRow(HttpStatusCode Status, FailureKind OnRead, FailureKind OnWrite);

/// <summary>
/// The one table from HTTP status to <see cref="FailureKind"/>, and the one reading of <c>Retry-After</c>. A server error in
/// answer to a write leaves open whether the write took effect, since a gateway may have given up on a request that went through.
/// </summary>
public static class HttpFailures
{
    /// <summary>The longest wait taken over from a target.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    static readonly FrozenDictionary<HttpStatusCode, HttpFailureRow> ByStatus = new[]
    {
        Row(400, FailureKind.Rejected),
        Row(401, FailureKind.Unauthorised),
        Row(403, FailureKind.Unauthorised),
        Row(404, FailureKind.NotFound),
        Row(407, FailureKind.Unauthorised),
        Row(408, FailureKind.Transient),
        Row(409, FailureKind.Conflict),
        Row(410, FailureKind.NotFound),
        Row(412, FailureKind.Conflict),
        Row(421, FailureKind.Transient),
        Row(423, FailureKind.Conflict),
        Row(425, FailureKind.Transient),
        Row(429, FailureKind.Throttled),
        new HttpFailureRow(HttpStatusCode.InternalServerError, FailureKind.Transient, FailureKind.OutcomeUnknown),
        Row(501, FailureKind.Rejected),
        new HttpFailureRow(HttpStatusCode.BadGateway, FailureKind.Transient, FailureKind.OutcomeUnknown),
        new HttpFailureRow(HttpStatusCode.ServiceUnavailable, FailureKind.Transient, FailureKind.OutcomeUnknown),
        new HttpFailureRow(HttpStatusCode.GatewayTimeout, FailureKind.Transient, FailureKind.OutcomeUnknown),
        Row(505, FailureKind.Rejected),
        Row(511, FailureKind.Unauthorised),
    }.ToFrozenDictionary(row => row.Status);

    /// <summary>The statuses the table names, in order of their number.</summary>
    public static IReadOnlyList<HttpFailureRow> Rows { get; } = [.. ByStatus.Values.OrderBy(row => row.Status)];

    /// <summary>
    /// What a status means. One the table does not name is <see cref="FailureKind.Rejected"/> below 500 (a redirect among them,
    /// since none is followed); from 500 on it is read like 500.
    /// </summary>
    public static FailureKind KindOf(HttpStatusCode status, bool isWrite)
    {
        if (ByStatus.TryGetValue(status, out var row))
        {
            return isWrite ? row.OnWrite : row.OnRead;
        }

        return (int)status < 500 ? FailureKind.Rejected : KindOf(HttpStatusCode.InternalServerError, isWrite);
    }

    /// <summary>
    /// How long a <c>Retry-After</c> value asks to wait: seconds or an HTTP date, never below zero or above
    /// <see cref="LongestRetryAfter"/>; null when it is absent or cannot be read.
    /// </summary>
    public static TimeSpan? RetryAfterOf(string? value, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        var text = value?.Trim() ?? "";
        if (text.Length > 0 && text.All(char.IsAsciiDigit))
        {
            return double.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                ? TimeSpan.FromSeconds(Math.Min(seconds, LongestRetryAfter.TotalSeconds))
                : LongestRetryAfter;
        }

        if (!RetryConditionHeaderValue.TryParse(text, out var condition) || condition.Date is not { } date)
        {
            return null;
        }

        var wait = date - timeProvider.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestRetryAfter ? LongestRetryAfter : wait;
    }

    static HttpFailureRow Row(int status, FailureKind kind) => new((HttpStatusCode)status, kind, kind);
}
