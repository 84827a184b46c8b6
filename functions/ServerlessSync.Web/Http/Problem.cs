using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ServerlessSync.Web.Http;

/// <summary>One thing wrong with one field of one event. Texts are ours; nothing the sender wrote stands in them.</summary>
/// <param name="Index">Place in the batch; null for a single event.</param>
/// <param name="Field">Path of the field.</param>
/// <param name="Detail">What is wrong.</param>
readonly record struct FieldError(int? Index, string Field, string Detail);

/// <summary>An error answer of RFC 9457. Clients branch on its type, <c>urn:serverlesssync:problem:CODE</c>.</summary>
sealed record Problem(int Status, string Code, string Title, string? Detail = null)
{
    const string TypePrefix = "urn:serverlesssync:problem:";

    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    public TimeSpan? RetryAfter { get; init; }

    public bool WithTrace { get; init; }

    public static Problem Unavailable(TimeSpan retryAfter, string detail = "The request could not be finished now. Send the same request again later.") =>
        new(StatusCodes.Status503ServiceUnavailable, "unavailable", "Not available now", detail)
        {
            RetryAfter = retryAfter,
        };

    public static Problem BadRequest(string detail) => new(StatusCodes.Status400BadRequest, "bad-request", "Bad request", detail);

    public static Problem NotFound(string detail) => new(StatusCodes.Status404NotFound, "not-found", "Not found", detail);

    public static Problem Forbidden(string detail) => new(StatusCodes.Status403Forbidden, "forbidden", "Forbidden", detail);

    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }

        var bytes = ToBytes(WithTrace ? Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier : null);
        response.StatusCode = Status;
        response.ContentType = "application/problem+json";
        response.ContentLength = bytes.Length;
        response.Headers.CacheControl = "no-store";
        if (RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    ReadOnlyMemory<byte> ToBytes(string? traceId)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("type", TypePrefix + Code);
        json.WriteString("title", Title);
        json.WriteNumber("status", Status);
        if (Detail is not null)
        {
            json.WriteString("detail", Detail);
        }

        if (traceId is not null)
        {
            json.WriteString("traceId", traceId);
        }

        WriteErrors(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    void WriteErrors(Utf8JsonWriter json)
    {
        if (Errors.Count == 0)
        {
            return;
        }

        json.WriteStartArray("errors");
        foreach (var error in Errors)
        {
            json.WriteStartObject();
            if (error.Index is { } index)
            {
                json.WriteNumber("index", index);
            }

            json.WriteString("field", error.Field);
            json.WriteString("detail", error.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
