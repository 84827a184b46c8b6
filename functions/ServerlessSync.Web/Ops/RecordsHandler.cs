using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Web.Http;

namespace ServerlessSync.Web.Ops;

/// <summary>Shows identities and exceptions.</summary>
/// <param name="reader">Where they are read.</param>
public sealed class RecordsHandler(IOpsReader reader)
{
    const string Token = "continuationToken";
    const int MaxIdChars = 512;

    /// <summary>
    /// Shows one page of identities: <c>{"items":[...],"damaged":[...],"continuationToken":"..."}</c>, without a token at the end, and with the rows
    /// that could not be read when there are any.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public Task HandleIdentitiesAsync(HttpContext context, CancellationToken cancellationToken) =>
        ListAsync(context, reader.ListIdentitiesAsync, cancellationToken);

    /// <summary>Shows one identity.</summary>
    /// <param name="context">The request.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public async Task HandleIdentityAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        if (id.Length > MaxIdChars || await reader.FindIdentityAsync(id, cancellationToken) is not { IsEmpty: false } identity)
        {
            await Problem.NotFound("There is no such identity.").WriteAsync(context);
            return;
        }

        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => json.WriteRawValue(identity.Span));
    }

    /// <summary>Shows one page of exceptions, in the shape of the identities.</summary>
    /// <param name="context">The request.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public Task HandleExceptionsAsync(HttpContext context, CancellationToken cancellationToken) =>
        ListAsync(context, reader.ListExceptionsAsync, cancellationToken);

    static async Task ListAsync(HttpContext context, Func<int, string?, CancellationToken, Task<OpsPage>> list, CancellationToken cancellationToken)
    {
        var token = Query.Text(context.Request, Token);
        var page = await ReadAsync(list, Query.Top(context.Request), token, cancellationToken);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json =>
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

    static async Task<OpsPage> ReadAsync(
        Func<int, string?, CancellationToken, Task<OpsPage>> list, int top, string? token, CancellationToken cancellationToken)
    {
        try
        {
            return await list(top, token, cancellationToken);
        }
        catch (ArgumentException) when (token is not null)
        {
            throw new QueryException($"'{Token}' is not a token of this list.");
        }
    }
}
