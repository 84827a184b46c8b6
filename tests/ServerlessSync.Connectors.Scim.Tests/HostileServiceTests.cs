using System.Net;
using ServerlessSync.TestKit;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.Scim.Tests;

/// <summary>Services that fail, throttle, ignore filters or do not page.</summary>
public sealed class HostileServiceTests
{
    const string User = """{"id":"u1","userName":"u","externalId":"m","active":true}""";

    static readonly CancellationToken None = CancellationToken.None;
    static readonly AccountReference Account = new("u1", "m");
    static readonly WriteContext Context = new("k");

    [Theory]
    [InlineData(429, FailureKind.Throttled)]
    [InlineData(500, FailureKind.OutcomeUnknown)]
    [InlineData(502, FailureKind.OutcomeUnknown)]
    [InlineData(503, FailureKind.OutcomeUnknown)]
    [InlineData(400, FailureKind.Rejected)]
    [InlineData(401, FailureKind.Unauthorised)]
    [InlineData(409, FailureKind.Conflict)]
    [InlineData(302, FailureKind.Rejected)]
    public async Task A_failing_write_fails_in_kind(int status, FailureKind kind)
    {
        using var stub = new StubHandler(request => request.Method == HttpMethod.Get
            ? StubHandler.Json(User)
            : Answer((HttpStatusCode)status));
        using var connector = Connector(stub);

        var failure = await Should.ThrowAsync<ConnectorException>(() => connector.SetActiveAsync(Account, false, Context, None));

        (failure.Kind, failure.ConnectorId).ShouldBe((kind, "saas"));
        failure.RetryAfter.ShouldBe(kind == FailureKind.Conflict ? null : TimeSpan.FromSeconds(9));
    }

    [Theory]
    [InlineData(429, FailureKind.Throttled)]
    [InlineData(500, FailureKind.Transient)]
    [InlineData(503, FailureKind.Transient)]
    public async Task A_failing_read_writes_nothing(int status, FailureKind kind)
    {
        using var stub = new StubHandler(_ => Answer((HttpStatusCode)status));
        using var connector = Connector(stub);
        var creation = new AccountCreation("m", "u", new Dictionary<string, string>());
        var delta = new AccountDelta("u1", "m", new Dictionary<string, string?> { ["title"] = "x" });
        Func<Task>[] calls =
        [
            () => connector.CreateAsync(creation, Context, None),
            () => connector.UpdateAsync(delta, Context, None),
            () => connector.SetActiveAsync(Account, false, Context, None),
            () => connector.DeleteAsync(Account, Context, None),
            () => connector.GrantAsync(Account, "group:IT", Context, None),
            () => connector.RevokeAsync(Account, "group:IT", Context, None),
            () => connector.ReadGrantsAsync("u1", None),
            () => connector.ReadPageAsync(null, None),
            () => connector.TestConnectionAsync(None),
        ];

        foreach (var call in calls)
        {
            (await Should.ThrowAsync<ConnectorException>(call)).Kind.ShouldBe(kind);
        }

        stub.Asked.ShouldAllBe(asked => asked.StartsWith("GET "));
    }

    [Fact]
    public async Task A_service_that_ignores_the_mark_filter_is_not_believed()
    {
        using var stub = new StubHandler(_ => StubHandler.Json($$"""{"totalResults":1,"Resources":[{{User}}]}"""));
        using var connector = Connector(stub);

        var failure = await Should.ThrowAsync<ConnectorException>(() => connector.FindByMarkAsync("other", None));

        failure.Kind.ShouldBe(FailureKind.Rejected);
    }

    [Theory]
    [InlineData("""{"totalResults":5,"Resources":[]}""", FailureKind.Incomplete)]
    [InlineData("""{"totalResults":5}""", FailureKind.Incomplete)]
    [InlineData("""{"Resources":[]}""", FailureKind.Rejected)]
    [InlineData("""[]""", FailureKind.Rejected)]
    [InlineData("""{"totalResults":1,"startIndex":2,"Resources":[{"id":"x","userName":"y"}]}""", FailureKind.Rejected)]
    [InlineData("""{"totalResults":1,"Resources":[{"id":"x"}]}""", FailureKind.Rejected)]
    public async Task A_list_that_may_be_partial_is_no_page(string list, FailureKind kind)
    {
        using var stub = new StubHandler(_ => StubHandler.Json(list));
        using var connector = Connector(stub);

        (await Should.ThrowAsync<ConnectorException>(() => connector.ReadPageAsync(null, None))).Kind.ShouldBe(kind);
        (await Should.ThrowAsync<ConnectorException>(() => connector.ReadPageAsync("first", None))).Kind.ShouldBe(FailureKind.Rejected);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_a_member_filter_the_groups_are_read_off_the_user(bool refuses)
    {
        const string Groups = """[{"value":"g2","display":"Z"},{"value":"g1"},{"value":"g3","display":"I","type":"indirect"}]""";
        using var stub = new StubHandler(request => request.RequestUri!.AbsolutePath switch
        {
            "/scim/Groups" when refuses => new HttpResponseMessage(HttpStatusCode.BadRequest),
            "/scim/Groups" => StubHandler.Json("""{"totalResults":1,"Resources":[{"id":"g9","displayName":"Every group"}]}"""),
            "/scim/Groups/g1" => StubHandler.Json("""{"id":"g1","displayName":"A"}"""),
            _ => StubHandler.Json($$"""{"id":"u1","userName":"u","externalId":"m","groups":{{Groups}}}"""),
        });
        using var connector = Connector(stub);

        (await connector.ReadGrantsAsync("u1", None)).ShouldBe(["group:A", "group:Z"]);
        (await connector.ReadGrantsAsync("u1", None)).ShouldBe(["group:A", "group:Z"]);

        stub.Asked.Count(asked => asked.Contains("/Groups?")).ShouldBe(1);
    }

    [Fact]
    public async Task A_cancelled_call_is_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        using var stub = new StubHandler(async (_, cancellationToken) =>
        {
            await cancel.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            return StubHandler.Json(User);
        });
        using var connector = Connector(stub);

        await Should.ThrowAsync<OperationCanceledException>(() => connector.DeleteAsync(Account, Context, cancel.Token));
    }

    static HttpResponseMessage Answer(HttpStatusCode status)
    {
        var response = new HttpResponseMessage(status);
        response.Headers.TryAddWithoutValidation("Retry-After", "9");
        return response;
    }

    static ScimConnector Connector(HttpMessageHandler handler) => new(
        new ScimOptions { Id = "saas", BaseUrl = new Uri("https://saas.example/scim"), Token = _ => ValueTask.FromResult("t") },
        handler,
        TimeProvider.System);
}
