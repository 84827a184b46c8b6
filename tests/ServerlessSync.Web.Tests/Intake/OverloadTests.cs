using System.Globalization;
using System.Net;
using System.Text;
using ServerlessSync.Web.Intake;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Intake;

public sealed class OverloadTests
{
    [Fact]
    public async Task Past_the_bound_webhooks_are_answered_503_at_once_and_what_was_taken_in_is_recorded()
    {
        const int bound = 8;
        await using var host = await WebHost.StartAsync(limits: new() { Webhooks = bound });
        host.Inbox.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var inside = Enumerable.Range(0, bound).Select(i => SendAsync(host, i)).ToList();
        await host.Inbox.WaitForCallsAsync(bound);

        // The store is still blocked: every answer below came although nothing moves inside.
        var past = await Task.WhenAll(Enumerable.Range(bound, 40).Select(i => SendAsync(host, i)));

        foreach (var answer in past)
        {
            await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "unavailable");
            answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
        }

        inside.ShouldAllBe(answer => !answer.IsCompleted);
        host.Inbox.MostInside.ShouldBe(bound);
        host.Counters.Refused("hr", RefusalReason.Overloaded).ShouldBe(40);
        host.Inbox.Hold.SetResult();
        foreach (var answer in await Task.WhenAll(inside))
        {
            await answer.ShouldBeAcceptedAsync(1, 0);
        }

        host.Inbox.Events.Count.ShouldBe(bound);
        await (await SendAsync(host, 100)).ShouldBeAcceptedAsync(1, 0);
    }

    [Fact]
    public async Task A_flood_is_answered_202_or_503_and_nothing_else_and_repeats_bring_everything_in()
    {
        const int requests = 300;
        await using var host = await WebHost.StartAsync(limits: new() { Webhooks = 4 });
        var open = Enumerable.Range(0, requests).ToList();
        while (open.Count > 0)
        {
            var answers = await Task.WhenAll(open.Select(async i => (Number: i, Status: (await SendAsync(host, i)).StatusCode)));

            answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.Accepted || answer.Status == HttpStatusCode.ServiceUnavailable);
            var recorded = host.Inbox.Events.Select(e => e.Id).ToHashSet();
            answers.Where(answer => answer.Status == HttpStatusCode.Accepted).ShouldAllBe(answer => recorded.Contains(IdOf(answer.Number)));
            var left = answers.Where(answer => answer.Status != HttpStatusCode.Accepted).Select(answer => answer.Number).ToList();
            left.Count.ShouldBeLessThan(open.Count);
            open = left;
        }

        host.Inbox.Events.Count.ShouldBe(requests);
        host.Inbox.MostInside.ShouldBeLessThanOrEqualTo(4);
    }

    [Fact]
    public async Task Bodies_together_hold_a_bounded_number_of_bytes()
    {
        await using var host = await WebHost.StartAsync(limits: new() { WebhookBytes = 160 * 1024 });
        host.Inbox.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = host.SendAsync(Padded("large-1", 100 * 1024), id: "large-1");
        await host.Inbox.WaitForCallsAsync(1);

        await (await host.SendAsync(Padded("large-2", 100 * 1024), id: "large-2")).ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "unavailable");
        var chunked = host.Webhook(Padded("large-3", 100 * 1024), id: "large-3");
        chunked.Headers.TransferEncodingChunked = true;
        await (await host.Client.SendAsync(chunked)).ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "unavailable");
        var small = SendAsync(host, 1);
        await host.Inbox.WaitForCallsAsync(1);

        host.Inbox.Hold.SetResult();
        await (await first).ShouldBeAcceptedAsync(1, 0);
        await (await small).ShouldBeAcceptedAsync(1, 0);
        await (await host.SendAsync(Padded("large-2", 100 * 1024), id: "large-2")).ShouldBeAcceptedAsync(1, 0);
    }

    [Fact]
    public async Task Refused_bodies_give_their_place_back()
    {
        await using var host = await WebHost.StartAsync(limits: new() { Webhooks = 1, WebhookBytes = 2 * 1024 * 1024 });
        for (var i = 0; i < 5; i++)
        {
            (await host.Client.SendAsync(host.Webhook("no json"u8.ToArray(), id: $"a{i}"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await host.Client.SendAsync(host.Webhook(Padded("x", 1_100_000), id: $"b{i}"))).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
            (await host.Client.SendAsync(host.Webhook(Padded("x", 1000), id: $"c{i}", key: Some.SecondKey[1..]))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        await (await SendAsync(host, 1)).ShouldBeAcceptedAsync(1, 0);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_costs_the_sender_30_seconds_and_keeps_its_place_until_it_has_ended()
    {
        await using var host = await WebHost.StartAsync(limits: new() { Webhooks = 1 });
        host.Inbox.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = SendAsync(host, 1);
        await host.Inbox.WaitForCallsAsync(1);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await host.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(30), limit.Token);

        host.Clock.Advance(TimeSpan.FromSeconds(30));

        var answer = await waiting;
        await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "unavailable");
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
        await (await SendAsync(host, 2)).ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "unavailable");
        host.Inbox.MostInside.ShouldBe(1);
        host.Inbox.Hold.SetResult();

        // What was recorded after all is known when the sender repeats it.
        await RepeatUntilAcceptedAsync(host, 1, accepted: 0, duplicates: 1);
        await (await SendAsync(host, 2)).ShouldBeAcceptedAsync(1, 0);
    }

    [Fact]
    public async Task A_full_backlog_asks_senders_to_come_again_later_and_takes_them_in_once_there_is_room()
    {
        await using var host = await WebHost.StartAsync();
        host.Inbox.HasRoom = false;

        var answer = await SendAsync(host, 1);

        await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "unavailable");
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(30));
        host.Inbox.Events.ShouldBeEmpty();
        host.Inbox.HasRoom = true;
        await (await SendAsync(host, 1)).ShouldBeAcceptedAsync(1, 0);
    }

    [Fact]
    public async Task Calls_of_the_API_are_bounded_and_recover()
    {
        await using var host = await WebHost.StartAsync(limits: new() { ApiCalls = 1 });
        var head = $"POST /exceptions/replay HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {Some.OperatorKey}\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{{";
        using (await host.OpenAsync(Encoding.ASCII.GetBytes(head)))
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            await host.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(30), limit.Token);

            var answer = await host.GetAsync("/identities");

            await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "unavailable");
            answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
            (await host.CallAsync(HttpMethod.Get, "/identities", "wrong")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            await (await SendAsync(host, 1)).ShouldBeAcceptedAsync(1, 0);
        }

        await UntilAsync(async () => (await host.GetAsync("/identities")).StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task One_connection_too_many_is_closed_and_those_that_are_open_go_on()
    {
        await using var host = await WebHost.StartAsync(limits: new() { Connections = 2 });
        var request = Encoding.ASCII.GetBytes("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
        using (var first = await host.OpenAsync(request))
        using (var second = await host.OpenAsync(request))
        {
            (await first.ReadStatusAsync()).ShouldStartWith("HTTP/1.1 200");
            (await second.ReadStatusAsync()).ShouldStartWith("HTTP/1.1 200");

            using var third = await host.OpenAsync();
            (await third.ReadAllAsync()).ShouldBeEmpty();

            await first.Stream.WriteAsync(request);
            (await first.ReadStatusAsync()).ShouldNotBeEmpty();
        }

        await UntilAsync(async () =>
        {
            using var next = await host.OpenAsync(request);
            return (await next.ReadStatusAsync()).StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
        });
    }

    static string IdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"e{number}");

    static Task<HttpResponseMessage> SendAsync(WebHost host, int number) =>
        host.SendAsync(Some.Joined(IdOf(number), "1" + number.ToString(CultureInfo.InvariantCulture)), id: IdOf(number));

    static async Task RepeatUntilAcceptedAsync(WebHost host, int number, int accepted, int duplicates)
    {
        HttpResponseMessage answer = null!;
        await UntilAsync(async () => (answer = await SendAsync(host, number)).StatusCode != HttpStatusCode.ServiceUnavailable);
        await answer.ShouldBeAcceptedAsync(accepted, duplicates);
    }

    static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var left = 10_000; left > 0; left--)
        {
            if (await holds())
            {
                return;
            }
        }

        throw new InvalidOperationException("It never came to hold.");
    }

    static byte[] Padded(string id, int size)
    {
        var body = Encoding.UTF8.GetBytes(Some.Joined(id));
        return [.. body, .. Enumerable.Repeat((byte)' ', size - body.Length)];
    }
}
