using Microsoft.AspNetCore.Http;
using ServerlessSync.Web.Http;

namespace ServerlessSync.Web.Ops;

/// <summary>Shows identities and exceptions.</summary>
/// <param name="reader">Where they are read.</param>
public sealed class RecordsHandler(IOpsReader reader)
{
    const int MaxIdChars = 512;

    /// <summary>
    /// Shows one page of identities: <c>{"items":[...],"damaged":[...],"continuationToken":"..."}</c>, without a token at the end, and with the rows
    /// that could not be read when there are any.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="cancellationToken">Ends when the caller has gone.</param>
    public Task HandleIdentitiesAsync(HttpContext context, CancellationToken cancellationToken) =>
        PageAnswer.WriteAsync(context, reader.ListIdentitiesAsync, cancellationToken);

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
        PageAnswer.WriteAsync(context, reader.ListExceptionsAsync, cancellationToken);
}
