using Azure.Core;
using Azure.Core.Pipeline;

namespace ServerlessSync.Storage.Tables.Client;

/// <summary>
/// The service behind an endpoint. Names follow Azure.Data.Tables, which can take the place of this client where it is to be had.
/// </summary>
sealed class TableServiceClient : IDisposable
{
    // The first version that takes Entra tokens for tables.
    const string ServiceVersion = "2020-12-06";

    readonly Uri _endpoint;
    readonly HttpPipeline _pipeline;
    readonly ParallelPolicy _parallel;
    readonly HttpClientTransport _transport;

    /// <summary>Nothing is sent before the first call.</summary>
    public TableServiceClient(TablesOptions options, HttpMessageHandler handler, bool disposeHandler, TimeProvider clock)
    {
        Endpoint = options.Endpoint.AbsoluteUri.TrimEnd('/');
        _endpoint = new Uri(Endpoint);
        _parallel = new ParallelPolicy(options.MaxConnections);
        _transport = new HttpClientTransport(new HttpClient(handler, disposeHandler) { Timeout = Timeout.InfiniteTimeSpan });
        var client = new Settings { Transport = _transport, RetryPolicy = new BoundedRetryPolicy(options, clock) };
        client.Retry.NetworkTimeout = options.RequestTimeout;
        client.Diagnostics.IsLoggingContentEnabled = false;
        _pipeline = HttpPipelineBuilder.Build(client, [], [_parallel, Authentication(options, clock)], new ResponseClassifier());
    }

    /// <summary>The address of the service, without a slash at its end.</summary>
    public string Endpoint { get; }

    public TableClient GetTableClient(string tableName) => new(this, tableName);

    public void Dispose()
    {
        _parallel.Dispose();
        _transport.Dispose();
    }

    /// <summary>A request whose path begins with the text given, already encoded.</summary>
    public HttpMessage CreateMessage(RequestMethod method, string path, string accept)
    {
        var message = _pipeline.CreateMessage();
        var request = message.Request;
        request.Method = method;
        request.Uri.Reset(_endpoint);
        request.Uri.AppendPath(path, escape: false);
        request.Headers.Add("Accept", accept);
        request.Headers.Add("x-ms-version", ServiceVersion);
        request.Headers.Add("DataServiceVersion", "3.0");
        request.Headers.Add("MaxDataServiceVersion", "3.0;NetFx");
        return message;
    }

    public ValueTask SendAsync(HttpMessage message, CancellationToken cancellationToken) => _pipeline.SendAsync(message, cancellationToken);

    static HttpPipelinePolicy Authentication(TablesOptions options, TimeProvider clock) => options.Key is { } key
        ? new SharedKeyLitePolicy(key, clock)
        : new BearerTokenAuthenticationPolicy(options.Credential!, "https://storage.azure.com/.default");

    sealed class Settings : ClientOptions;
}
