using System.Globalization;
using System.Text.Json;
using System.Xml;
using Azure;

namespace ServerlessSync.Storage.Tables.Client;

/// <summary>
/// Reads error answers: the code stands in a header, else in a body of JSON, or of XML whatever was asked for
/// (<see href="https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes"/>).
/// </summary>
static class TableErrors
{
    public const string TableNotFound = "TableNotFound";
    public const string TableAlreadyExists = "TableAlreadyExists";
    public const string ResourceNotFound = "ResourceNotFound";
    public const string EntityNotFound = "EntityNotFound";
    public const string EntityAlreadyExists = "EntityAlreadyExists";

    const int MostBody = 64 * 1024;

    /// <summary>The failure a response tells of.</summary>
    public static TableFailedException Of(Response response, string what, bool repeated)
    {
        var code = response.Headers.TryGetValue("x-ms-error-code", out var given) && given.Length > 0 ? given : CodeOf(response);
        var request = response.Headers.TryGetValue("x-ms-request-id", out var id) ? $", request {id}" : string.Empty;
        return new TableFailedException(response.Status, code, Message(what, response.Status, code) + request + ".") { Repeated = repeated };
    }

    /// <summary>The failure one part of a transaction's answer tells of; its message begins with the index of the action.</summary>
    public static TableFailedException OfPart(int status, ReadOnlySpan<byte> body, string what, bool repeated)
    {
        var (code, text) = ReadJson(body);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var index = colon > 0 && int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
        return new TableFailedException(status, code, Message(what, status, code) + ".") { FailedTransactionActionIndex = index, Repeated = repeated };
    }

    static string Message(string what, int status, string code) =>
        string.Create(CultureInfo.InvariantCulture, $"Table storage answered {status}{(code.Length > 0 ? " " : string.Empty)}{code} to {what}");

    static string CodeOf(Response response)
    {
        if (response.ContentStream is null || response.Content.ToMemory() is not { Length: > 0 and <= MostBody } body)
        {
            return string.Empty;
        }

        return body.Span.TrimStart("\uFEFF \r\n\t"u8) is [(byte)'<', ..] ? ReadXml(response.Content) : ReadJson(body.Span).Code;
    }

    static (string Code, string Message) ReadJson(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var json = JsonDocument.ParseValue(ref reader);
            var error = json.RootElement.GetProperty("odata.error");
            return (error.GetProperty("code").GetString() ?? string.Empty, error.GetProperty("message").GetProperty("value").GetString() ?? string.Empty);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return (string.Empty, string.Empty);
        }
    }

    static string ReadXml(BinaryData body)
    {
        try
        {
            using var reader = XmlReader.Create(body.ToStream(), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element && reader.LocalName.Equals("code", StringComparison.OrdinalIgnoreCase))
                {
                    return reader.ReadElementContentAsString().Trim();
                }
            }
        }
        catch (XmlException)
        {
            // Not an answer of the service; the status has to do.
        }

        return string.Empty;
    }
}
