using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Web.Http;

namespace ServerlessSync.Web.Ops;

/// <summary>Answers with one page of a list.</summary>
static class PageAnswer
{
    const string Token = "continuationToken";

    /// <summary>Answers a page: <c>{"items":[...],"damaged":[...],"continuationToken":"..."}</c>.</summary>
    public static async Task WriteAsync(HttpContext context, Func<int, string?, CancellationToken, Task<OpsPage>> list, CancellationToken cancellationToken) =>
        await WriteAsync(context, await ReadAsync(context.Request, list, cancellationToken));

    /// <summary>Answers a page that was read.</summary>
    public static Task WriteAsync(HttpContext context, OpsPage page) =>
        JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("items");
            foreach (var item in page.Items)
            {
                json.WriteRawValue(item.Span);
            }

            json.WriteEndArray();
            WriteDamaged(json, page.Damaged);
            if (page.ContinuationToken is { } next)
            {
                json.WriteString(Token, next);
            }

            json.WriteEndObject();
        });

    /// <summary>Reads the page that a request asks for, with as many items at most and behind the token it names.</summary>
    public static async Task<T> ReadAsync<T>(HttpRequest request, Func<int, string?, CancellationToken, Task<T>> list, CancellationToken cancellationToken)
    {
        var token = Query.Text(request, Token);
        try
        {
            return await list(Query.Top(request), token, cancellationToken);
        }
        catch (ArgumentException) when (token is not null)
        {
            throw new QueryException($"'{Token}' is not a token of this list.");
        }
    }

    static void WriteDamaged(Utf8JsonWriter json, IReadOnlyList<RowAddress> damaged)
    {
        if (damaged.Count == 0)
        {
            return;
        }

        json.WriteStartArray("damaged");
        foreach (var row in damaged)
        {
            json.WriteStartObject();
            json.WriteString("table", row.Table);
            json.WriteString("partition", row.Partition);
            json.WriteString("key", row.Key);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
