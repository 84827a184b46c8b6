using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ServerlessSync.Connectors.Http;
using ServerlessSync.TestKit;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.Tests.Http;

public sealed class JsonHttpClientTests
{
    const string Token = "s3cr3t-token-of-the-target";

    static readonly JsonHttpRequest Read = new(HttpMethod.Get, "things?filter=private");
    static readonly JsonHttpRequest Write = new(HttpMethod.Post, "things") { Body = new JsonObject { ["a"] = 1 } };

    readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task The_address_lies_below_the_base_and_the_token_is_sent()
    {
        string? authorization = null;
        using var stub = new StubHandler(request =>
        {
            authorization = request.Headers.Authorization?.ToString();
            return StubHandler.Json("""{"a":1}""");
        });

        var answer = await Send(stub, Read);

        stub.Asked.ShouldBe(["GET /base/things?filter=private"]);
        authorization.ShouldBe("Bearer " + Token);
        answer.Body!.Value.GetProperty("a").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task A_failure_carries_kind_retry_after_and_what_the_target_said_but_no_query()
    {
        using var stub = new StubHandler(_ =>
        {
            var response = StubHandler.Json("slow\ndown", HttpStatusCode.TooManyRequests);
            response.Headers.TryAddWithoutValidation("Retry-After", "12");
            return response;
        });

        var failure = await Fails(stub, Read);

        failure.Kind.ShouldBe(FailureKind.Throttled);
        failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(12));
        failure.Message.ShouldBe("target answered 429: slow down (GET things)");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    [InlineData(4085)]
    [InlineData(4090)]
    public async Task An_error_that_echoes_the_token_does_not_pass_it_on(int before)
    {
        using var stub = new StubHandler(_ => StubHandler.Json(new string('\u0001', before) + Token + Token, HttpStatusCode.BadRequest));

        var failure = await Fails(stub, Write);

        failure.ToString().ShouldNotContain(Token[..8]);
    }

    [Fact]
    public async Task Tokens_that_fill_the_error_leave_no_part_of_one()
    {
        using var stub = new StubHandler(_ => StubHandler.Json(string.Concat(Enumerable.Repeat(Token, 1000)), HttpStatusCode.BadRequest));

        (await Fails(stub, Write)).ToString().ShouldNotContain(Token[..3]);
    }

    [Fact]
    public async Task An_answer_larger_than_the_limit_is_not_read_to_its_end()
    {
        using var endless = new StubHandler(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new EndlessStream()) });

        (await Fails(endless, Read)).Kind.ShouldBe(FailureKind.Rejected);
        (await Fails(endless, Write)).Kind.ShouldBe(FailureKind.OutcomeUnknown);
    }

    [Fact]
    public async Task An_endless_error_is_cut_short()
    {
        using var endless = new StubHandler(_ =>
            new HttpResponseMessage(HttpStatusCode.BadRequest) { Content = new StreamContent(new EndlessStream()) });

        (await Fails(endless, Read)).Message.Length.ShouldBeLessThan(600);
    }

    [Fact]
    public async Task An_answer_that_is_no_json_leaves_a_write_open()
    {
        using var page = new StubHandler(_ => StubHandler.Json("<html>"));

        (await Fails(page, Read)).Kind.ShouldBe(FailureKind.Transient);
        (await Fails(page, Write)).Kind.ShouldBe(FailureKind.OutcomeUnknown);
    }

    [Fact]
    public async Task An_expected_status_is_an_answer()
    {
        using var stub = new StubHandler(_ => new HttpResponseMessage(HttpStatusCode.NotFound));

        var answer = await Send(stub, Read with { Expected = [HttpStatusCode.NotFound] });

        answer.ShouldBe(new JsonHttpAnswer(HttpStatusCode.NotFound, null));
    }

    [Fact]
    public async Task A_silent_target_runs_into_the_time_limit()
    {
        using var silent = new StubHandler(async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, cancellationToken);
            throw new InvalidOperationException("never reached");
        });

        foreach (var (request, kind) in new[] { (Read, FailureKind.Transient), (Write, FailureKind.OutcomeUnknown) })
        {
            var failing = Fails(silent, request);
            await _clock.WaitForTimerAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
            _clock.Advance(TimeSpan.FromSeconds(30));
            (await failing).Kind.ShouldBe(kind);
        }
    }

    [Fact]
    public async Task A_cancelled_call_is_cancelled_not_failed()
    {
        using var cancel = new CancellationTokenSource();
        using var silent = new StubHandler(async (_, cancellationToken) =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, cancellationToken);
            throw new InvalidOperationException("never reached");
        });
        using var client = Client(silent);

        await Should.ThrowAsync<OperationCanceledException>(() => client.SendAsync(Write, cancel.Token));
    }

    [Fact]
    public async Task A_refused_connection_is_transient_for_writes_too()
    {
        using var handler = ConnectorHandlers.Create();
        using var client = new JsonHttpClient(handler, Options(new Uri($"http://127.0.0.1:{FreePort()}")), _clock);

        var failure = await Should.ThrowAsync<ConnectorException>(() => client.SendAsync(Write, CancellationToken.None));

        failure.Kind.ShouldBe(FailureKind.Transient);
    }

    [Theory]
    [InlineData("GET", FailureKind.Transient)]
    [InlineData("POST", FailureKind.OutcomeUnknown)]
    [InlineData("DELETE", FailureKind.OutcomeUnknown)]
    public async Task A_connection_that_breaks_after_the_request_leaves_a_write_open(string method, FailureKind kind)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var hangUp = HangUpAsync(listener);
        using var handler = ConnectorHandlers.Create();
        using var client = new JsonHttpClient(handler, Options(new Uri($"http://{listener.LocalEndpoint}")), _clock);

        var failure = await Should.ThrowAsync<ConnectorException>(
            () => client.SendAsync(new JsonHttpRequest(new HttpMethod(method), "things"), CancellationToken.None));

        listener.Stop();
        (await hangUp).ShouldBeGreaterThan(0);
        failure.Kind.ShouldBe(kind);
    }

    [Fact]
    public async Task A_token_that_cannot_be_read_or_sent_fails_the_call_without_being_shown()
    {
        using var stub = new StubHandler(_ => StubHandler.Json("{}"));
        using var broken = new JsonHttpClient(stub, Options() with { Token = _ => throw new InvalidOperationException(Token) }, _clock);
        using var twoLines = new JsonHttpClient(stub, Options() with { Token = _ => ValueTask.FromResult(Token + "\r\n") }, _clock);

        foreach (var client in new[] { broken, twoLines })
        {
            var failure = await Should.ThrowAsync<ConnectorException>(() => client.SendAsync(Write, CancellationToken.None));
            failure.ToString().ShouldNotContain(Token);
        }

        stub.Asked.ShouldBeEmpty();
    }

    [Fact]
    public void A_handler_that_follows_redirects_is_refused()
    {
        using var following = new LostReplyHandler(new SocketsHttpHandler());

        Should.Throw<ArgumentException>(() => Client(following));
    }

    static JsonHttpOptions Options(Uri? url = null) =>
        new("target", url ?? new Uri("http://target.example/base"), _ => ValueTask.FromResult(Token));

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Hangs up on each request after reading it (the handler itself sends one without a body again) and counts them.</summary>
    static async Task<int> HangUpAsync(TcpListener listener)
    {
        var buffer = new byte[4096];
        for (var requests = 0; ; requests++)
        {
            try
            {
                using var connection = await listener.AcceptTcpClientAsync();
                await connection.GetStream().ReadExactlyAsync(buffer.AsMemory(0, 1));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return requests;
            }
        }
    }

    JsonHttpClient Client(HttpMessageHandler handler) => new(handler, Options(), _clock);

    async Task<JsonHttpAnswer> Send(HttpMessageHandler handler, JsonHttpRequest request)
    {
        using var client = Client(handler);
        return await client.SendAsync(request, CancellationToken.None);
    }

    async Task<ConnectorException> Fails(HttpMessageHandler handler, JsonHttpRequest request) =>
        await Should.ThrowAsync<ConnectorException>(() => Send(handler, request));
}
