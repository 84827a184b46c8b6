using System.Net;
using System.Text;
using System.Text.Json;
using ServerlessSync.Web.Intake;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Intake;

public sealed class SignatureTests : WebTest
{
    static readonly byte[] Body = Encoding.UTF8.GetBytes(Some.Joined());

    [Fact]
    public async Task A_signed_event_is_in_the_inbox_when_it_is_answered()
    {
        await (await _host.SendAsync(Body)).ShouldBeAcceptedAsync(1, 0);

        _host.Inbox.Events.Single().Subject.ShouldBe("100");
    }

    [Fact]
    public async Task The_answer_waits_for_the_inbox()
    {
        _host.Inbox.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = _host.SendAsync(Body);
        await _host.Inbox.Called.Task.WaitAsync(TimeSpan.FromSeconds(30));
        answer.IsCompleted.ShouldBeFalse();

        _host.Inbox.Hold.SetResult();

        await (await answer).ShouldBeAcceptedAsync(1, 0);
    }

    [Fact]
    public async Task Either_of_two_keys_signs_while_they_rotate()
    {
        await (await _host.Client.SendAsync(_host.Webhook(Body, id: "a", key: Some.FirstKey))).ShouldBeAcceptedAsync(1, 0);
        await (await _host.Client.SendAsync(_host.Webhook(Body, id: "b", key: Some.SecondKey))).ShouldBeAcceptedAsync(0, 1);
    }

    [Fact]
    public async Task A_key_taken_away_signs_no_more()
    {
        var secrets = Some.Secrets;
        secrets.Remove("HR_KEY_1");
        await using var host = await WebHost.StartAsync(secrets: secrets);

        await RefusedAsync(await host.Client.SendAsync(host.Webhook(Body, key: Some.FirstKey)));
        await (await host.Client.SendAsync(host.Webhook(Body, key: Some.SecondKey))).ShouldBeAcceptedAsync(1, 0);
    }

    [Fact]
    public async Task A_source_without_keys_takes_nothing()
    {
        var secrets = Some.Secrets;
        secrets.Remove("HR_KEY_1");
        secrets.Remove("HR_KEY_2");
        await using var host = await WebHost.StartAsync(secrets: secrets);

        await RefusedAsync(await host.Client.SendAsync(host.Webhook(Body)));
        await RefusedAsync(await host.Client.SendAsync(host.Webhook(Body, key: [])));
        host.Logs.All.ShouldContain(line => line.Contains("'hr' has no signing key"));
    }

    [Theory]
    [InlineData(-300)]
    [InlineData(300)]
    public async Task A_signature_at_the_edge_of_the_window_is_taken(int age) =>
        await (await _host.Client.SendAsync(_host.Webhook(Body, age: TimeSpan.FromSeconds(age)))).ShouldBeAcceptedAsync(1, 0);

    [Theory]
    [InlineData(-301)]
    [InlineData(301)]
    public async Task A_signature_outside_the_window_is_stale(int age)
    {
        await RefusedAsync(await _host.Client.SendAsync(_host.Webhook(Body, age: TimeSpan.FromSeconds(age))));

        _host.Counters.Refused("hr", RefusalReason.Stale).ShouldBe(1);
    }

    [Fact]
    public async Task A_replay_after_the_window_is_stale_and_within_it_a_duplicate()
    {
        var at = _host.Clock.GetUtcNow();
        await (await _host.SendAsync(Body)).ShouldBeAcceptedAsync(1, 0);
        _host.Clock.Advance(TimeSpan.FromSeconds(300));
        await (await _host.Client.SendAsync(_host.Webhook(Body, age: _host.Clock.GetUtcNow() - at))).ShouldBeAcceptedAsync(0, 1);
        _host.Clock.Advance(TimeSpan.FromSeconds(1));

        await RefusedAsync(await _host.Client.SendAsync(_host.Webhook(Body, age: _host.Clock.GetUtcNow() - at)));
    }

    [Fact]
    public async Task The_window_is_the_sources_own()
    {
        await using var host = await WebHost.StartAsync(mesh => mesh with
        {
            Sources = new Dictionary<string, Mesh.Configuration.SourceConfiguration> { ["hr"] = Some.Hr with { Tolerance = TimeSpan.FromSeconds(10) } },
        });

        await RefusedAsync(await host.Client.SendAsync(host.Webhook(Body, age: TimeSpan.FromSeconds(11))));
        await (await host.Client.SendAsync(host.Webhook(Body, age: TimeSpan.FromSeconds(10)))).ShouldBeAcceptedAsync(1, 0);
    }

    [Fact]
    public async Task Time_is_checked_before_the_body_is_looked_at()
    {
        await RefusedAsync(await _host.Client.SendAsync(_host.Webhook("no json"u8.ToArray(), age: TimeSpan.FromHours(1))));

        _host.Counters.Refused("hr", RefusalReason.Stale).ShouldBe(1);
        _host.Counters.Refused("hr", RefusalReason.Malformed).ShouldBe(0);
    }

    [Theory]
    [InlineData("v1,AAAA {0}")]
    [InlineData("{0} v1,AAAA")]
    [InlineData("v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg== {0}")]
    [InlineData("  {0}")]
    public async Task Any_of_several_signatures_suffices(string header) =>
        await (await _host.Client.SendAsync(Resigned(header))).ShouldBeAcceptedAsync(1, 0);

    [Fact]
    public async Task Signatures_in_several_headers_count_like_one()
    {
        using var connection = await _host.OpenAsync(
            Encoding.ASCII.GetBytes(_host.RawHead(Body).Replace("webhook-signature:", "webhook-signature: v1,AAAA\r\nwebhook-signature:", StringComparison.Ordinal) + $"Content-Length: {Body.Length}\r\n\r\n"),
            Body);

        (await connection.ReadStatusAsync()).ShouldStartWith("HTTP/1.1 202");
    }

    [Theory]
    [InlineData("")]
    [InlineData("v1,")]
    [InlineData("v1a,{1}")]
    [InlineData("v2,{1}")]
    [InlineData("V1,{1}")]
    [InlineData("{1}")]
    [InlineData("v1{1}")]
    [InlineData("v1,{1}AAAA")]
    [InlineData("v1,v1,{1}")]
    [InlineData("v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public async Task A_signature_that_is_none_of_version_1_is_refused(string header)
    {
        await RefusedAsync(await _host.Client.SendAsync(Resigned(header)));
        _host.Inbox.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_so_many_signatures_are_looked_at() =>
        await RefusedAsync(await _host.Client.SendAsync(Resigned(string.Concat(Enumerable.Repeat("v1,AAAA ", 16)) + "{0}")));

    [Fact]
    public async Task A_body_written_anew_does_not_fit_its_signature()
    {
        var request = _host.Webhook(Body);
        request.Content = new StringContent(JsonElement.Parse(Body).ToString().Replace(",", ", ", StringComparison.Ordinal), Encoding.UTF8, "application/json");

        await RefusedAsync(await _host.Client.SendAsync(request));
        _host.Counters.Refused("hr", RefusalReason.BadSignature).ShouldBe(1);
    }

    [Theory]
    [InlineData(StandardWebhooks.IdHeader, null)]
    [InlineData(StandardWebhooks.TimestampHeader, null)]
    [InlineData(StandardWebhooks.SignatureHeader, null)]
    [InlineData(StandardWebhooks.TimestampHeader, "-1")]
    [InlineData(StandardWebhooks.TimestampHeader, "1.5")]
    [InlineData(StandardWebhooks.TimestampHeader, "999999999999")]
    [InlineData(StandardWebhooks.TimestampHeader, "99999999999999999999999")]
    [InlineData(StandardWebhooks.TimestampHeader, "2026-01-05T09:00:00Z")]
    [InlineData(StandardWebhooks.IdHeader, "two words")]
    public async Task A_request_that_is_not_signed_is_refused(string header, string? value)
    {
        var request = _host.Webhook(Body);
        request.Headers.Remove(header);
        if (value is not null)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        await RefusedAsync(await _host.Client.SendAsync(request));
        (_host.Counters.Refused("hr", RefusalReason.NotSigned) + _host.Counters.Refused("hr", RefusalReason.Stale)).ShouldBe(1);
    }

    [Fact]
    public async Task Id_and_time_are_covered_by_the_signature()
    {
        var other = _host.Webhook(Body);
        other.Headers.Remove(StandardWebhooks.IdHeader);
        other.Headers.Add(StandardWebhooks.IdHeader, "msg_2");

        await RefusedAsync(await _host.Client.SendAsync(other));
    }

    [Fact]
    public async Task Every_refusal_of_a_signature_reads_the_same()
    {
        var stale = await _host.Client.SendAsync(_host.Webhook(Body, age: TimeSpan.FromHours(1)));
        var bad = await _host.Client.SendAsync(Resigned("v1,AAAA"));
        var none = await _host.Client.PostAsync("/intake/hr", new ByteArrayContent(Body));

        var text = await stale.Content.ReadAsStringAsync();
        (await bad.Content.ReadAsStringAsync()).ShouldBe(text);
        (await none.Content.ReadAsStringAsync()).ShouldBe(text);
        text.ShouldBe("""{"type":"urn:serverlesssync:problem:unauthorized","title":"Unauthorized","status":401}""");
    }

    [Fact]
    public async Task A_source_nobody_configured_is_not_found()
    {
        await (await _host.SendAsync(Body, source: "payroll")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");

        _host.Counters.Refused(null, RefusalReason.UnknownSource).ShouldBe(1);
    }

    static async Task RefusedAsync(HttpResponseMessage answer) =>
        (await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "unauthorized")).TryGetProperty("detail", out _).ShouldBeFalse();

    HttpRequestMessage Resigned(string header)
    {
        var request = _host.Webhook(Body);
        var good = request.Headers.GetValues(StandardWebhooks.SignatureHeader).Single();
        request.Headers.Remove(StandardWebhooks.SignatureHeader);
        request.Headers.TryAddWithoutValidation(
            StandardWebhooks.SignatureHeader,
            header.Replace("{0}", good, StringComparison.Ordinal).Replace("{1}", good[3..], StringComparison.Ordinal));
        return request;
    }
}
