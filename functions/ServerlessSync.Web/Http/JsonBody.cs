using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ServerlessSync.Web.Http;

/// <summary>
/// JSON as strangers may send it: RFC 8259 in UTF-8, at most 32 deep, no member named twice, every text whole (no lone surrogate) and
/// without NUL, which not every store can keep.
/// </summary>
static class JsonBody
{
    const int MaxDepth = 32;
    const string MediaType = "application/json";

    static readonly JsonDocumentOptions DocumentOptions = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>The problem with the request's content headers, or null.</summary>
    public static Problem? CheckHeaders(HttpRequest request)
    {
        if (request.Headers.ContentEncoding.Count > 0)
        {
            return Unsupported("Send the body as it is: no Content-Encoding is taken.");
        }

        return IsJson(request.ContentType) ? null : Unsupported("Content-Type must be application/json, in UTF-8.");
    }

    /// <summary>Whether a content type says JSON in UTF-8.</summary>
    public static bool IsJson(string? contentType) =>
        contentType == MediaType
        || (MediaTypeHeaderValue.TryParse(contentType, out var type)
            && type.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase)
            && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)));

    /// <summary>Parses once over the buffer, which must live as long as the document; null with the reason when it is not acceptable.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> utf8, out string? reason)
    {
        reason = null;
        if (!Utf8.IsValid(utf8.Span))
        {
            reason = "The body is not valid UTF-8.";
            return null;
        }

        try
        {
            if (utf8.Span.IndexOf("\\u"u8) >= 0 && !AreTextsWhole(utf8.Span))
            {
                reason = "A text in the body holds NUL or half of a surrogate pair.";
                return null;
            }

            return JsonDocument.Parse(utf8, DocumentOptions);
        }
        catch (JsonException e)
        {
            reason = string.Create(
                CultureInfo.InvariantCulture,
                $"The body is not JSON nested at most {MaxDepth} deep with each member named once (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}).");
            return null;
        }
    }

    // Only escapes can bring NUL or half a pair into valid UTF-8, so bodies without escapes never come here.
    static bool AreTextsWhole(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName
                    && reader.ValueIsEscaped
                    && reader.GetString()!.Contains('\0', StringComparison.Ordinal))
                {
                    return false;
                }
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    static Problem Unsupported(string detail) => new(StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", "Unsupported media type", detail);
}
