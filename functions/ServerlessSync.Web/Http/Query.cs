using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace ServerlessSync.Web.Http;

/// <summary>Reads query parameters strictly: absent or empty is the default, anything unreadable is a bad request that names the parameter.</summary>
static class Query
{
    const int MaxTop = 1000;
    const int DefaultTop = 100;

    public static string? Text(HttpRequest request, string name) => request.Query[name] is [{ Length: > 0 } text, ..] ? text : null;

    public static bool Flag(HttpRequest request, string name, bool otherwise) => Text(request, name) switch
    {
        null => otherwise,
        var text when bool.TryParse(text, out var flag) => flag,
        _ => throw new QueryException($"'{name}' must be true or false."),
    };

    /// <summary>Most items on a page: 1 to 1000; more is cut to 1000, so that a page stays bounded whoever asks.</summary>
    public static int Top(HttpRequest request) => Text(request, "top") switch
    {
        null => DefaultTop,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var top) && top > 0 => Math.Min(top, MaxTop),
        _ => throw new QueryException("'top' must be a whole number from 1 to 1000."),
    };

    public static DateTimeOffset? Time(HttpRequest request, string name) => Text(request, name) switch
    {
        null => null,
        var text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time,
        _ => throw new QueryException($"'{name}' must be an ISO 8601 date and time."),
    };
}

/// <summary>A query parameter cannot be read; the message is for the caller.</summary>
sealed class QueryException(string message) : Exception(message);
