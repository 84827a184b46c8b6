using System.Net;
using System.Text;

namespace ServerlessSync.TestKit;

/// <summary>Answers HTTP calls from a function and keeps what was asked.</summary>
public sealed class StubHandler(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    readonly Lock _gate = new();
    readonly List<string> _asked = [];

    /// <summary>Answers from a function that needs not wait.</summary>
    public StubHandler(Func<HttpRequestMessage, HttpResponseMessage> answer)
        : this((request, _) => Task.FromResult(answer(request)))
    {
    }

    /// <summary>Each call so far, as method and address.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_gate)
            {
                return [.. _asked];
            }
        }
    }

    /// <summary>An answer with a JSON body.</summary>
    public static HttpResponseMessage Json(string body, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_gate)
        {
            _asked.Add($"{request.Method} {request.RequestUri!.PathAndQuery}");
        }

        return answer(request, cancellationToken);
    }
}
