using Azure.Core;
using Azure.Core.Pipeline;

namespace ServerlessSync.Functions;

/// <summary>A request to a REST API of Azure.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Address">Where it goes.</param>
sealed record RestRequest(RequestMethod Method, string Address)
{
    /// <summary>Headers beside those of authentication.</summary>
    public List<(string Name, string Value)> Headers { get; } = [];

    /// <summary>What is sent.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>Statuses that are no failure here, beside those of success.</summary>
    public IReadOnlyList<int> AlsoFine { get; init; } = [];
}

/// <summary>Sends requests with Azure.Core's pipeline: its retries, sign-in and diagnostics.</summary>
sealed class RestClient
{
    readonly HttpPipeline _pipeline;

    /// <summary>Prepares it; nothing is sent before the first call.</summary>
    /// <param name="credential">Who signs in.</param>
    /// <param name="scope">Where.</param>
    /// <param name="handler">Sends; null is the network.</param>
    public RestClient(TokenCredential credential, string scope, HttpMessageHandler? handler)
    {
        var options = new Settings();
        options.Diagnostics.IsLoggingContentEnabled = false;
        if (handler is not null)
        {
            options.Transport = new HttpClientTransport(handler);
        }

        _pipeline = HttpPipelineBuilder.Build(options, new BearerTokenAuthenticationPolicy(credential, scope));
    }

    /// <summary>Sends a request and answers with the content of its response.</summary>
    /// <exception cref="IOException">It failed, or did not reach the service; the message has no secret.</exception>
    public async Task<Stream> SendAsync(RestRequest request, CancellationToken cancellationToken)
    {
        using var message = _pipeline.CreateMessage();
        message.Request.Method = request.Method;
        message.Request.Uri.Reset(new Uri(request.Address));
        message.Request.Content = request.Method == RequestMethod.Get ? null : RequestContent.Create(request.Body);
        foreach (var (name, value) in request.Headers)
        {
            message.Request.Headers.Add(name, value);
        }

        try
        {
            await _pipeline.SendAsync(message, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{request.Method} {Shown(request)}: {e.Message}", e);
        }

        var response = message.Response;
        return response.Status is >= 200 and < 300 || request.AlsoFine.Contains(response.Status)
            ? message.ExtractResponseContent() ?? Stream.Null
            : throw new IOException($"{request.Method} {Shown(request)}: {response.Status} {response.ReasonPhrase}");
    }

    static string Shown(RestRequest request) => request.Address.Split('?')[0];

    sealed class Settings : ClientOptions;
}
