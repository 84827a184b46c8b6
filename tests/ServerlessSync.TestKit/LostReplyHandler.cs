namespace ServerlessSync.TestKit;

/// <summary>Lets calls through and drops the answers of those it is told to: the effect is there, the reply is not.</summary>
public sealed class LostReplyHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    Func<HttpRequestMessage, bool> _lose = _ => false;

    /// <summary>Drops the answer of the next call for which this holds, once.</summary>
    public void LoseNext(Func<HttpRequestMessage, bool> which) => Volatile.Write(ref _lose, which);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (!Volatile.Read(ref _lose)(request))
        {
            return response;
        }

        LoseNext(_ => false);
        response.Dispose();
        throw new HttpRequestException(HttpRequestError.ResponseEnded, "The answer was dropped.");
    }
}
