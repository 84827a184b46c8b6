using System.Net;
using System.Text;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Web.Intake;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Intake;

public sealed class MappingTests : WebTest
{
    [Fact]
    public async Task A_payload_becomes_the_canonical_event()
    {
        await (await _host.SendAsync(Some.Joined("e7", "0100", "12").Replace(":0100", ":\"0100\"", StringComparison.Ordinal))).ShouldBeAcceptedAsync(1, 0);

        var read = _host.Inbox.Events.Single();
        (read.Id, read.Source, read.Subject, read.Kind, read.Sequence).ShouldBe(("e7", "hr", "0100", ChangeKind.Changed, 12L));
        read.OccurredAt.ShouldBe(new DateTimeOffset(2026, 1, 5, 8, 59, 0, TimeSpan.Zero));
        read.ReceivedAt.ShouldBe(_host.Clock.GetUtcNow());
        read.Data.ShouldBe(new Dictionary<string, string> { ["userName"] = "sking@example.com", ["department"] = "90" }, ignoreOrder: true);
    }

    [Fact]
    public async Task An_event_without_id_takes_the_webhooks() =>
        await ReadsAsync("""{"type":"employee.left","sequence":1,"data":{"employee_id":"7"}}""", read => read.Id.ShouldBe("msg_1"));

    [Fact]
    public async Task An_event_without_time_happened_when_it_was_signed() =>
        await ReadsAsync(
            """{"type":"employee.left","sequence":1,"data":{"employee_id":"7"}}""",
            read => read.OccurredAt.ShouldBe(_host.Clock.GetUtcNow()));

    [Fact]
    public async Task A_termination_carries_no_record_and_needs_none() =>
        await ReadsAsync(
            """{"type":"employee.left","sequence":1,"data":{"employee_id":7,"email":"X"}}""",
            read => (read.Kind, read.Data.Count).ShouldBe((ChangeKind.Terminated, 0)));

    [Theory]
    [InlineData("2026-01-05T10:30:00+02:00", 8, 30)]
    [InlineData("2026-01-05T10:30:00", 10, 30)]
    [InlineData("2026-01-05T10:30:00.000Z", 10, 30)]
    public async Task A_time_is_kept_in_UTC(string text, int hour, int minute) =>
        await ReadsAsync(
            $$$"""{"type":"employee.left","timestamp":"{{{text}}}","sequence":1,"data":{"employee_id":7}}""",
            read => read.OccurredAt.ShouldBe(new DateTimeOffset(2026, 1, 5, hour, minute, 0, TimeSpan.Zero)));

    [Theory]
    [InlineData("""{"type":"employee.left","sequence":1,"data":{}}""", "data.employee_id")]
    [InlineData("""{"type":"employee.left","sequence":1,"data":{"employee_id":""}}""", "data.employee_id")]
    [InlineData("""{"type":"employee.left","sequence":1,"data":{"employee_id":"  "}}""", "data.employee_id")]
    [InlineData("""{"type":"employee.left","sequence":1,"data":{"employee_id":null}}""", "data.employee_id")]
    [InlineData("""{"type":"employee.left","sequence":1,"data":{"employee_id":{"a":1}}}""", "data.employee_id")]
    [InlineData("""{"type":"employee.left","sequence":1,"data":{"employee_id":"a\nb"}}""", "data.employee_id")]
    [InlineData("""{"type":"employee.changed","sequence":1,"data":{"employee_id":7}}""", "data.email")]
    [InlineData("""{"type":"employee.changed","sequence":1,"data":{"employee_id":7,"email":""}}""", "data.email")]
    [InlineData("""{"type":"employee.changed","sequence":1,"data":{"employee_id":7,"email":"x","title":[1]}}""", "data.title")]
    [InlineData("""{"type":"employee.left","sequence":1}""", "data")]
    [InlineData("""{"type":"employee.left","sequence":1,"data":"text"}""", "data")]
    [InlineData("""{"type":"employee.left","data":{"employee_id":7}}""", "sequence")]
    [InlineData("""{"sequence":1,"data":{"employee_id":7}}""", "type")]
    [InlineData("""{"id":{},"type":"employee.left","sequence":1,"data":{"employee_id":7}}""", "id")]
    [InlineData("""{"id":"","type":"employee.left","sequence":1,"data":{"employee_id":7}}""", "id")]
    [InlineData("""{"timestamp":"yesterday","type":"employee.left","sequence":1,"data":{"employee_id":7}}""", "timestamp")]
    [InlineData("""{"timestamp":1767603600,"type":"employee.left","sequence":1,"data":{"employee_id":7}}""", "timestamp")]
    [InlineData("\"text\"", "")]
    [InlineData("null", "")]
    public async Task What_is_missing_or_wrong_is_named(string body, string field)
    {
        var problem = await (await _host.SendAsync(body)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-event");

        problem.GetProperty("errors").EnumerateArray().ShouldHaveSingleItem().GetProperty("field").GetString().ShouldBe(field);
        _host.Counters.Refused("hr", RefusalReason.InvalidEvent).ShouldBe(1);
        _host.Inbox.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_error_is_listed_at_once()
    {
        var problem = await (await _host.SendAsync("""{"type":"employee.changed","data":{}}""")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-event");

        problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("field").GetString())
            .ShouldBe(["sequence", "data.employee_id", "data.email"]);
    }

    [Fact]
    public async Task An_unknown_type_is_refused_without_being_repeated()
    {
        var answer = await _host.SendAsync("""{"type":"<script>","sequence":1,"data":{"employee_id":7}}""");

        await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "unknown-event-type");
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("script");
        _host.Counters.Refused("hr", RefusalReason.UnknownEventType).ShouldBe(1);
    }

    [Fact]
    public async Task An_event_over_192_KiB_is_refused_naming_the_limit()
    {
        var body = Some.Joined().Replace("\"department_id\":90", $"\"note\":\"{new string('x', 192 * 1024)}\"", StringComparison.Ordinal);

        var problem = await (await _host.SendAsync(body)).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "event-too-large");
        problem.GetProperty("detail").GetString().ShouldBe("One event holds at most 196608 bytes (192 KiB).");
    }

    [Fact]
    public async Task An_event_of_192_KiB_is_taken()
    {
        var body = Some.Joined().Replace("\"department_id\":90", "\"note\":\"?\"", StringComparison.Ordinal);
        body = body.Replace("?", new string('x', (192 * 1024) - Encoding.UTF8.GetByteCount(body) + 1), StringComparison.Ordinal);

        Encoding.UTF8.GetByteCount(body).ShouldBe(192 * 1024);
        await (await _host.SendAsync(body)).ShouldBeAcceptedAsync(1, 0);
    }

    [Fact]
    public async Task Another_payload_shape_maps_by_configuration_alone()
    {
        const string body = """
            {"payload":{"items":[{
              "meta":{"uuid":"u-1","action":"UPSERT","at":"2026-01-04T12:00:00Z"},
              "person":{"number":4711,"first":"Ada","last":"Byron","contact":{"mail":"Ada.Byron@old.example"}}}]}}
            """;

        await (await _host.SendAsync(body, source: "personnel")).ShouldBeAcceptedAsync(1, 0);

        var read = _host.Inbox.Events.Single();
        (read.Id, read.Source, read.Subject, read.Sequence).ShouldBe(("u-1", "personnel", "4711", null));
        read.Data.ShouldBe(new Dictionary<string, string> { ["userName"] = "ada.byron@example.com", ["displayName"] = "Ada Byron" }, ignoreOrder: true);
    }

    [Fact]
    public async Task A_required_attribute_nothing_is_mapped_to_stops_the_host()
    {
        var failure = await Should.ThrowAsync<FormatException>(() => WebHost.StartAsync(mesh => mesh with
        {
            Sources = new Dictionary<string, Mesh.Configuration.SourceConfiguration> { ["hr"] = Some.Hr with { Required = ["userName", "mail"] } },
        }));

        failure.Message.ShouldBe("Source 'hr' requires 'mail' and maps nothing to it.");
    }

    [Fact]
    public async Task The_same_id_from_two_sources_is_two_events()
    {
        await (await _host.SendAsync(Some.Joined("u-1"))).ShouldBeAcceptedAsync(1, 0);
        await (await _host.SendAsync(
            """{"meta":{"uuid":"u-1","action":"UPSERT"},"person":{"number":1,"contact":{"mail":"a"}}}""", source: "personnel")).ShouldBeAcceptedAsync(1, 0);
    }

    async Task ReadsAsync(string body, Action<ChangeEvent> check)
    {
        await (await _host.SendAsync(body)).ShouldBeAcceptedAsync(1, 0);
        check(_host.Inbox.Events.Single());
    }
}
