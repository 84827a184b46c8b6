using System.Net;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Intake;

public sealed class BatchTests : WebTest
{
    [Theory]
    [InlineData("[{0}]")]
    [InlineData("""{"events":[{0}]}""")]
    public async Task A_batch_is_taken_whole(string shape)
    {
        await (await _host.SendAsync(In(shape, Events(100)))).ShouldBeAcceptedAsync(100, 0);

        _host.Inbox.Events.Count.ShouldBe(100);
    }

    [Fact]
    public async Task Events_known_already_are_counted_as_duplicates()
    {
        await (await _host.SendAsync(In("[{0}]", Events(3)))).ShouldBeAcceptedAsync(3, 0);
        await (await _host.SendAsync(In("[{0}]", Events(5)), id: "msg_2")).ShouldBeAcceptedAsync(2, 3);

        (_host.Counters.Accepted("hr"), _host.Counters.Duplicates("hr")).ShouldBe((5, 3));
    }

    [Fact]
    public async Task The_same_event_twice_in_a_batch_is_a_duplicate() =>
        await (await _host.SendAsync(In("[{0}]", [Some.Joined(), Some.Joined()]))).ShouldBeAcceptedAsync(1, 1);

    [Fact]
    public async Task Two_events_of_one_id_in_a_batch_are_refused()
    {
        var problem = await (await _host.SendAsync(In("[{0}]", [Some.Joined(), Some.Joined(sequence: "2")])))
            .ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-event");

        var error = problem.GetProperty("errors").EnumerateArray().ShouldHaveSingleItem();
        (error.GetProperty("index").GetInt32(), error.GetProperty("field").GetString()).ShouldBe((1, "id"));
        _host.Inbox.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Events_without_ids_take_the_webhooks_id_and_their_place()
    {
        const string item = """{"type":"employee.left","sequence":1,"data":{"employee_id":7}}""";

        await (await _host.SendAsync(In("[{0}]", [item, item]))).ShouldBeAcceptedAsync(2, 0);

        _host.Inbox.Events.Select(e => e.Id).ShouldBe(["msg_1-0", "msg_1-1"]);
    }

    [Fact]
    public async Task One_bad_event_refuses_the_batch_and_every_error_is_listed()
    {
        string[] items =
        [
            Some.Joined("a"),
            """{"type":"employee.changed","sequence":1,"data":{"employee_id":7}}""",
            Some.Joined("c"),
            "17",
            """{"type":"employee.gone","sequence":"x","data":{"employee_id":7}}""",
            "{\"note\":\"" + new string('x', 193 * 1024) + "\"}",
        ];

        var problem = await (await _host.SendAsync(In("[{0}]", items))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "unknown-event-type");

        problem.GetProperty("errors").EnumerateArray().Select(e => (e.GetProperty("index").GetInt32(), e.GetProperty("field").GetString()))
            .ShouldBe([(1, "data.email"), (3, ""), (4, "type"), (4, "sequence"), (5, "")]);
        _host.Inbox.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_empty_batch_is_refused() =>
        await (await _host.SendAsync("[]")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "malformed");

    [Fact]
    public async Task A_batch_over_100_events_is_refused_naming_the_limit()
    {
        var problem = await (await _host.SendAsync(In("[{0}]", Events(101)))).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "batch-too-large");

        problem.GetProperty("detail").GetString().ShouldBe("A batch holds 1 to 100 events.");
    }

    [Fact]
    public async Task The_list_of_errors_is_bounded()
    {
        var problem = await (await _host.SendAsync(In("[{0}]", Enumerable.Repeat("""{"data":{}}""", 100)))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-event");

        problem.GetProperty("errors").GetArrayLength().ShouldBe(200);
    }

    static string In(string shape, IEnumerable<string> items) => shape.Replace("{0}", string.Join(',', items), StringComparison.Ordinal);

    static IEnumerable<string> Events(int count) => Enumerable.Range(1, count).Select(i => Some.Joined($"e{i}", $"{i}"));
}
