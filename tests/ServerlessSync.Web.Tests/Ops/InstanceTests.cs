using System.Net;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Ops;

public sealed class InstanceTests : WebTest
{
    [Fact]
    public async Task A_run_is_shown_in_the_shape_of_Durable_Functions()
    {
        Add("r1", WorkflowStatus.Completed);

        var text = await (await _host.GetAsync(RouteNames.Instances + "/r1")).Content.ReadAsStringAsync();

        text.ShouldBe(
            """{"name":"change","instanceId":"r1","runtimeStatus":"Completed","input":{"a":1},"customStatus":{"step":2},"output":[1],"""
            + """
              "createdTime":"2026-01-05T09:00:00Z","lastUpdatedTime":"2026-01-05T09:01:00Z","historyEvents":null}
              """);
    }

    [Theory]
    [InlineData(WorkflowStatus.Pending)]
    [InlineData(WorkflowStatus.Running)]
    [InlineData(WorkflowStatus.Suspended)]
    public async Task A_run_that_goes_on_is_202_with_where_and_when_to_look(WorkflowStatus status)
    {
        Add("r1", status);

        var answer = await _host.GetAsync(RouteNames.Instances + "/r1");

        (await answer.ShouldBeJsonAsync(HttpStatusCode.Accepted)).GetProperty("runtimeStatus").GetString().ShouldBe(status.ToString());
        answer.Headers.Location!.AbsolutePath.ShouldBe(RouteNames.Instances + "/r1");
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(WorkflowStatus.Completed, "", HttpStatusCode.OK)]
    [InlineData(WorkflowStatus.Terminated, "", HttpStatusCode.OK)]
    [InlineData(WorkflowStatus.Failed, "", HttpStatusCode.OK)]
    [InlineData(WorkflowStatus.Failed, "?returnInternalServerErrorOnFailure=true", HttpStatusCode.InternalServerError)]
    [InlineData(WorkflowStatus.Completed, "?returnInternalServerErrorOnFailure=true", HttpStatusCode.OK)]
    public async Task A_run_that_ended_is_200_unless_failure_shall_be_500(WorkflowStatus status, string query, HttpStatusCode expected)
    {
        Add("r1", status);

        await (await _host.GetAsync(RouteNames.Instances + "/r1" + query)).ShouldBeJsonAsync(expected);
    }

    [Fact]
    public async Task A_failure_is_shown_as_output()
    {
        Add("r1", WorkflowStatus.Failed, failure: new("T", "target \"saas\" down"));

        (await (await _host.GetAsync(RouteNames.Instances + "/r1")).ShouldBeJsonAsync(HttpStatusCode.OK)).GetProperty("output").GetString().ShouldBe("target \"saas\" down");
    }

    [Fact]
    public async Task A_reason_that_is_no_json_is_shown_as_text()
    {
        Add("r1", WorkflowStatus.Terminated, output: "by <b>hand</b>");

        (await (await _host.GetAsync(RouteNames.Instances + "/r1")).ShouldBeJsonAsync(HttpStatusCode.OK)).GetProperty("output").GetString().ShouldBe("by <b>hand</b>");
    }

    [Fact]
    public async Task Input_can_be_left_out()
    {
        Add("r1", WorkflowStatus.Completed);

        (await (await _host.GetAsync(RouteNames.Instances + "/r1?showInput=false")).ShouldBeJsonAsync(HttpStatusCode.OK))
            .GetProperty("input").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Theory]
    [InlineData("absent")]
    [InlineData("@bad")]
    public async Task A_run_that_does_not_exist_is_not_found(string id) =>
        await (await _host.GetAsync(RouteNames.Instances + "/" + id)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");

    [Fact]
    public async Task Runs_are_listed_with_filters_and_a_token()
    {
        Add("r1", WorkflowStatus.Running);
        Add("r2", WorkflowStatus.Failed);
        _host.Engine.NextToken = "r2";
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            RouteNames.Instances + "?createdTimeFrom=2026-01-05T09:00:00Z&createdTimeTo=2026-01-06&runtimeStatus=Failed,running,Canceled&instanceIdPrefix=r&top=7&showInput=false");
        request.Headers.Authorization = new("Bearer", Some.ViewerKey);
        request.Headers.Add("x-ms-continuation-token", "r0");

        var answer = await _host.Client.SendAsync(request);

        (await answer.ShouldBeJsonAsync(HttpStatusCode.OK)).GetArrayLength().ShouldBe(2);
        answer.Headers.GetValues("x-ms-continuation-token").ShouldBe(["r2"]);
        var query = _host.Engine.LastQuery!;
        query.Statuses.ShouldBe([WorkflowStatus.Failed, WorkflowStatus.Running]);
        (query.InstanceIdPrefix, query.PageSize, query.ContinuationToken).ShouldBe(("r", 7, "r0"));
        (query.CreatedFrom, query.CreatedTo).ShouldBe((new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 1, 6, 0, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public async Task The_last_page_has_no_token()
    {
        var answer = await _host.GetAsync(RouteNames.Instances);

        (await answer.Content.ReadAsStringAsync()).ShouldBe("[]");
        answer.Headers.Contains("x-ms-continuation-token").ShouldBeFalse();
        _host.Engine.LastQuery!.PageSize.ShouldBe(100);
    }

    [Fact]
    public async Task A_page_is_bounded()
    {
        await _host.GetAsync(RouteNames.Instances + "?top=2000000000");

        _host.Engine.LastQuery!.PageSize.ShouldBe(1000);
    }

    [Fact]
    public async Task States_the_engine_never_shows_match_nothing()
    {
        Add("r1", WorkflowStatus.Running);

        (await (await _host.GetAsync(RouteNames.Instances + "?runtimeStatus=ContinuedAsNew")).Content.ReadAsStringAsync()).ShouldBe("[]");
    }

    [Theory]
    [InlineData("?top=0")]
    [InlineData("?top=-1")]
    [InlineData("?top=all")]
    [InlineData("?createdTimeFrom=soon")]
    [InlineData("?runtimeStatus=Dead")]
    [InlineData("?runtimeStatus=1")]
    [InlineData("?showInput=maybe")]
    public async Task A_filter_that_cannot_be_read_is_refused(string query) =>
        await (await _host.GetAsync(RouteNames.Instances + query)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "bad-request");

    [Fact]
    public async Task A_token_of_another_list_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, RouteNames.Instances);
        request.Headers.Authorization = new("Bearer", Some.ViewerKey);
        request.Headers.Add("x-ms-continuation-token", "foreign");

        await (await _host.Client.SendAsync(request)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "bad-request");
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_503()
    {
        _host.Engine.Failure = new StoreException(StoreFailure.Unavailable, "down");

        var answer = await _host.GetAsync(RouteNames.Instances + "/r1");

        await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "unavailable");
        answer.Headers.RetryAfter.ShouldNotBeNull();
    }

    void Add(string id, WorkflowStatus status, string output = "[1]", WorkflowFailure? failure = null) => _host.Engine.Instances[id] = new()
    {
        InstanceId = id,
        Name = "change",
        Version = "1",
        Status = status,
        CreatedAt = _host.Clock.GetUtcNow(),
        LastUpdatedAt = _host.Clock.GetUtcNow().AddMinutes(1),
        Input = """{"a":1}""",
        CustomStatus = """{"step":2}""",
        Output = output,
        Failure = failure,
    };
}
