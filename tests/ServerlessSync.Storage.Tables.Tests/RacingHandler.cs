namespace ServerlessSync.Storage.Tables.Tests;

/// <summary>Loses the answer of the next write, or the write itself, after something else was done meanwhile.</summary>
sealed class RacingHandler() : DelegatingHandler(new SocketsHttpHandler { UseCookies = false })
{
    (bool WithEffect, Func<Task> Meanwhile)? _next;

    public void LoseNext(bool withEffect, Func<Task> meanwhile) => _next = (withEffect, meanwhile);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Get || _next is not { } next)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        _next = null;
        if (next.WithEffect)
        {
            using var lost = await base.SendAsync(request, cancellationToken);
        }
        else
        {
            // Sent, so that whoever counts tries counts this one.
            await request.Content!.CopyToAsync(Stream.Null, cancellationToken);
        }

        await next.Meanwhile();
        throw new HttpRequestException(HttpRequestError.ResponseEnded, "The answer was dropped.");
    }
}
