using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ServerlessSync.Connectors.Limits;

namespace ServerlessSync.Connectors.Http;

/// <summary>
/// JSON over HTTP for connectors: bearer token, bounded answers, a time limit, and every failure as a
/// <see cref="ConnectorException"/> that never holds the token. Nothing is retried here.
/// </summary>
public sealed class JsonHttpClient : IDisposable
{
    readonly HttpClient _client;
    readonly JsonHttpOptions _options;
    readonly TimeProvider _timeProvider;

    /// <summary>Makes a client on a handler that the caller shares and disposes.</summary>
    /// <param name="handler">Must follow no redirects.</param>
    /// <param name="options">How the target is spoken to.</param>
    /// <param name="timeProvider">The clock of time limits and of Retry-After dates.</param>
    public JsonHttpClient(HttpMessageHandler handler, JsonHttpOptions options, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(options);
        ConnectorHandlers.RefuseRedirects(handler);
        _options = options;
        _timeProvider = timeProvider;
        _client = new HttpClient(handler, disposeHandler: false)
        {
            BaseAddress = new Uri(options.BaseUrl.AbsoluteUri.TrimEnd('/') + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Makes the call.</summary>
    /// <exception cref="ConnectorException">
    /// The target refused, failed or did not answer. A write whose request may have arrived is <see cref="FailureKind.OutcomeUnknown"/>.
    /// </exception>
    public async Task<JsonHttpAnswer> SendAsync(JsonHttpRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        await ConnectorGate.NextRequestAsync(cancellationToken).ConfigureAwait(false);
        var token = await TokenAsync(request, cancellationToken).ConfigureAwait(false);
        using var limit = new CancellationTokenSource(_options.Timeout, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var message = Message(request, token);
            using var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            return await AnswerAsync(request, response, token, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Lost(request, "did not answer in time", e);
        }
        catch (HttpRequestException e) when (NothingWasSent(e))
        {
            throw Failure(request, FailureKind.Transient, "could not be reached", innerException: e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Lost(request, "broke the connection", e);
        }
        catch (JsonException e)
        {
            throw Lost(request, "did not answer in JSON", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    static bool NothingWasSent(HttpRequestException e) => e.HttpRequestError is HttpRequestError.ConnectionError
        or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError or HttpRequestError.SecureConnectionError;

    async ValueTask<string> TokenAsync(JsonHttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await _options.Token(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Named by its type alone: what a secret store says in an error is not ours to pass on.
            throw Failure(request, FailureKind.Transient, $"was not called: its credential could not be read ({e.GetType().Name})");
        }
    }

    HttpRequestMessage Message(JsonHttpRequest request, string token)
    {
        var message = new HttpRequestMessage(request.Method, request.Path);
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(_options.MediaType));
        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("ServerlessSync", null));
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString()));
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(_options.MediaType);
        }

        try
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
        catch (FormatException)
        {
            message.Dispose();
            throw Failure(request, FailureKind.Unauthorised, "was not called: its credential does not fit into a header");
        }

        return message;
    }

    async Task<JsonHttpAnswer> AnswerAsync(JsonHttpRequest request, HttpResponseMessage response, string token, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            if (request.Expected.Contains(response.StatusCode))
            {
                return new JsonHttpAnswer(response.StatusCode, null);
            }

            var said = await BoundedBody.ReadErrorAsync(response, token, cancellationToken).ConfigureAwait(false);
            response.Headers.TryGetValues("Retry-After", out var retryAfter);
            throw Failure(
                request,
                HttpFailures.KindOf(response.StatusCode, request.IsWrite),
                $"answered {(int)response.StatusCode}{said}",
                HttpFailures.RetryAfterOf(retryAfter?.FirstOrDefault(), _timeProvider));
        }

        if (!request.WantsBody)
        {
            return new JsonHttpAnswer(response.StatusCode, null);
        }

        var largest = request.LargestAnswer ?? _options.LargestAnswer;
        var bytes = await BoundedBody.ReadAsync(response, largest, cancellationToken).ConfigureAwait(false)
            ?? throw Failure(
                request,
                request.IsWrite ? FailureKind.OutcomeUnknown : FailureKind.Rejected,
                $"answered with more than {largest} bytes");
        return new JsonHttpAnswer(response.StatusCode, bytes.Length == 0 ? null : JsonSerializer.Deserialize<JsonElement>(bytes.Span));
    }

    ConnectorException Lost(JsonHttpRequest request, string what, Exception cause) =>
        Failure(request, request.IsWrite ? FailureKind.OutcomeUnknown : FailureKind.Transient, what, innerException: cause);

    // The query is left out: it holds names and marks.
    ConnectorException Failure(
        JsonHttpRequest request, FailureKind kind, string what, TimeSpan? retryAfter = null, Exception? innerException = null) =>
        new(_options.ConnectorId, kind, $"{_options.ConnectorId} {what} ({request.Method} {request.Path.Split('?')[0]})", retryAfter, innerException);
}
