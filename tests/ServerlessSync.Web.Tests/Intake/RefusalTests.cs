using System.Net;
using System.Text;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Web.Intake;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Intake;

public sealed class RefusalTests : WebTest
{
    static readonly byte[] Body = Encoding.UTF8.GetBytes(Some.Joined());

    [Theory]
    [InlineData(StoreFailure.Unavailable)]
    [InlineData(StoreFailure.CannotPersist)]
    [InlineData(StoreFailure.Corrupt)]
    [InlineData(StoreFailure.Fenced)]
    public async Task A_store_that_cannot_record_asks_the_sender_to_come_again(StoreFailure failure)
    {
        _host.Inbox.Failure = new StoreException(failure, "disk /var/secret is full");

        var answer = await _host.SendAsync(Body);

        var problem = await answer.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable, "unavailable");
        problem.GetProperty("detail").GetString().ShouldBe("The store cannot record now. Send it again with the same webhook-id; what was recorded already is recognised.");
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("disk");
        _host.Inbox.Failure = null;
        await (await _host.SendAsync(Body)).ShouldBeAcceptedAsync(1, 0);
    }

    [Fact]
    public async Task An_unforeseen_failure_is_an_internal_error_without_internals()
    {
        _host.Inbox.Failure = new InvalidOperationException("password hunter2");

        var answer = await _host.SendAsync(Body);

        (await answer.ShouldBeProblemAsync(HttpStatusCode.InternalServerError, "internal")).GetProperty("traceId").GetString().ShouldNotBeNullOrEmpty();
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task A_flood_of_refusals_is_counted_whole_and_logged_in_samples()
    {
        for (var i = 0; i < 50; i++)
        {
            await _host.Client.SendAsync(_host.Webhook(Body, key: [1]));
        }

        _host.Counters.Refused("hr", RefusalReason.BadSignature).ShouldBe(50);
        Refusals().Count.ShouldBe(5);
        _host.Clock.Advance(TimeSpan.FromMinutes(1));
        await _host.Client.SendAsync(_host.Webhook(Body, key: [1]));
        Refusals().Count.ShouldBe(6);
        Refusals()[5].ShouldContain("51 of this kind so far");
    }

    [Fact]
    public async Task A_path_that_forges_a_log_line_stays_one_line()
    {
        var forged = Uri.EscapeDataString("x\r\n2026-01-05 WARN all is well\u001b[2J\u2028");

        await (await _host.SendAsync(Body, source: forged)).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");

        var line = Refusals().ShouldHaveSingleItem();
        line.ShouldContain("""x\u000d\u000a2026-01-05 WARN all is well\u001b[2J\u2028""");
        line.Any(char.IsControl).ShouldBeFalse();
    }

    [Fact]
    public async Task A_long_name_is_cut_in_the_log()
    {
        await _host.SendAsync(Body, source: new string('a', 2000));

        Refusals().ShouldHaveSingleItem().Length.ShouldBeLessThan(400);
    }

    [Fact]
    public async Task No_secret_and_no_body_stands_in_logs_or_answers()
    {
        const string planted = "planted-5f2c";
        var answers = new StringBuilder();
        foreach (var body in new[] { Some.Joined(planted, "\"" + planted + "\""), $"{{\"x\":\"{planted}\"", $$$"""{"type":"{{{planted}}}","data":{"{{{planted}}}":1}}""" })
        {
            answers.Append(await (await _host.SendAsync(body)).Content.ReadAsStringAsync());
            _host.Inbox.Failure = new StoreException(StoreFailure.Unavailable, "down");
        }

        answers.Append(await (await _host.CallAsync(HttpMethod.Get, RouteNames.Identities, planted)).Content.ReadAsStringAsync());
        answers.Append(await (await _host.GetAsync(RouteNames.Identities)).Content.ReadAsStringAsync());

        var everything = answers + string.Join('\n', _host.Logs.All.Where(line => line.StartsWith("ServerlessSync", StringComparison.Ordinal)));
        foreach (var secret in new[] { planted, Some.FirstSecret[6..], Some.SecondSecret[6..], Some.ViewerKey, Some.OperatorKey })
        {
            everything.ShouldNotContain(secret);
        }
    }

    [Fact]
    public async Task Whatever_is_signed_is_taken_whole_or_refused_as_the_senders_fault()
    {
        var random = new Random(20260105);
        for (var i = 0; i < 500; i++)
        {
            var body = Mutated(Body, random);
            var before = _host.Inbox.Events.Count;

            using var answer = await _host.SendAsync(body, id: $"msg_{i}");

            var status = (int)answer.StatusCode;
            status.ShouldBeOneOf([202, 400, 413], Convert.ToHexString(body));
            (_host.Inbox.Events.Count == before || status == 202).ShouldBeTrue(Convert.ToHexString(body));
        }
    }

    // One to four changes: a byte replaced, cut out, put in, or a stretch doubled.
    static byte[] Mutated(byte[] body, Random random)
    {
        var bytes = body.ToList();
        for (var left = random.Next(1, 5); left > 0; left--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, "{}[]\",:0\\"u8[random.Next(9)]);
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, random.Next(bytes.Count - at)));
                    break;
            }
        }

        return [.. bytes];
    }

    List<string> Refusals() => [.. _host.Logs.All.Where(line => line.Contains("IntakeHandler") && line.Contains("refused:"))];
}
