using System.Text;
using ServerlessSync.Web.Intake;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Intake;

/// <summary>Requests as no client library would send them.</summary>
public sealed class FramingTests : WebTest
{
    static readonly byte[] Body = Encoding.UTF8.GetBytes(Some.Joined());

    [Fact]
    public async Task A_request_with_both_lengths_is_one_request_and_what_is_hidden_in_it_is_none()
    {
        // The chunks end the body (RFC 9112, section 6.1); a proxy that believed Content-Length would have passed the second request as part of it.
        const string hidden = "GET /identities HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + Some.ViewerKey + "\r\n\r\n";
        var chunks = $"{Body.Length:x}\r\n{Encoding.ASCII.GetString(Body)}\r\n0\r\n\r\n";
        using var connection = await _host.OpenAsync(
            Ascii(_host.RawHead(Body).Replace("Connection: close\r\n", "", StringComparison.Ordinal)
                + $"Transfer-Encoding: chunked\r\nContent-Length: {chunks.Length + hidden.Length}\r\n\r\n" + chunks + hidden));

        var answer = await connection.ReadAllAsync();

        answer.ShouldStartWith("HTTP/1.1 202");
        answer.Split("HTTP/1.1 ").Length.ShouldBe(2, answer);
        _host.Inbox.Events.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("Content-Length: 10\r\nContent-Length: 20\r\n")]
    [InlineData("Content-Length: 10, 20\r\n")]
    [InlineData("Content-Length: -1\r\n")]
    [InlineData("Content-Length: +5\r\n")]
    [InlineData("Content-Length: 0x10\r\n")]
    [InlineData("Content-Length: 99999999999999999999999\r\n")]
    [InlineData("Transfer-Encoding: gzip, chunked, identity\r\n")]
    [InlineData("Transfer-Encoding: xchunked\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n")]
    [InlineData("Transfer-Encoding : chunked\r\n")]
    [InlineData("X-Folded: a\r\n b\r\n")]
    [InlineData("X-Nul: a\0b\r\n")]
    [InlineData("Bad Name: a\r\n")]
    [InlineData("NoColon\r\n")]
    [InlineData(": nothing\r\n")]
    [InlineData("Host: second\r\n")]
    public async Task Headers_that_can_be_read_in_two_ways_are_refused(string headers)
    {
        using var connection = await _host.OpenAsync(Ascii(_host.RawHead(Body) + headers + "\r\n"), Body);

        var answer = await connection.ReadAllAsync();

        answer.ShouldStartWith("HTTP/1.1 4");
        _host.Inbox.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_sender_that_asks_first_is_told_to_go_on_and_then_answered()
    {
        using var connection = await _host.OpenAsync(Ascii(_host.RawHead(Body) + $"Expect: 100-continue\r\nContent-Length: {Body.Length}\r\n\r\n"));
        (await connection.ReadStatusAsync()).ShouldStartWith("HTTP/1.1 100");

        await connection.Stream.WriteAsync(Body);

        (await connection.ReadAllAsync()).ShouldContain("HTTP/1.1 202");
    }

    [Fact]
    public async Task A_sender_that_asks_first_for_what_is_refused_is_never_told_to_go_on()
    {
        var head = _host.RawHead(Body).Replace("application/json", "text/plain", StringComparison.Ordinal);
        using var connection = await _host.OpenAsync(Ascii(head + "Expect: 100-continue\r\nContent-Length: 100\r\n\r\n"));

        (await connection.ReadAllAsync()).ShouldStartWith("HTTP/1.1 415");
    }

    [Fact]
    public async Task A_body_of_100_MB_in_chunks_is_refused_after_its_first()
    {
        using var connection = await _host.OpenAsync(Ascii(_host.RawHead(Body) + "Transfer-Encoding: chunked\r\n\r\n"));
        var chunk = Ascii("10000\r\n" + new string(' ', 65536) + "\r\n");
        var sent = 0L;
        try
        {
            for (; sent < 100_000_000; sent += chunk.Length)
            {
                await connection.Stream.WriteAsync(chunk).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
            }
        }
        catch (IOException)
        {
            // The server has closed its ear.
        }

        sent.ShouldBeLessThan(64_000_000);
        _host.Counters.Refused("hr", RefusalReason.TooLarge).ShouldBe(1);
        _host.Inbox.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Headers_of_more_than_16_KiB_are_refused()
    {
        var many = string.Concat(Enumerable.Range(0, 20).Select(i => $"X-{i}: {new string('a', 1000)}\r\n"));
        using var connection = await _host.OpenAsync(Ascii(_host.RawHead(Body) + many + $"Content-Length: {Body.Length}\r\n\r\n"), Body);

        (await connection.ReadAllAsync()).ShouldStartWith("HTTP/1.1 431");
    }

    [Fact]
    public async Task More_than_64_headers_are_refused()
    {
        var many = string.Concat(Enumerable.Range(0, 65).Select(i => $"X-{i}: a\r\n"));
        using var connection = await _host.OpenAsync(Ascii(_host.RawHead(Body) + many + $"Content-Length: {Body.Length}\r\n\r\n"), Body);

        (await connection.ReadAllAsync()).ShouldStartWith("HTTP/1.1 431");
    }

    [Fact]
    public async Task Another_protocol_is_refused()
    {
        using var connection = await _host.OpenAsync(Ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));

        var answer = await connection.ReadAllAsync();

        // A frame of that protocol which says that HTTP/1.1 is wanted, and the end of the connection.
        answer.ShouldNotContain("HTTP/1.1 2");
    }

    [Fact]
    public async Task A_sender_that_goes_away_in_mid_body_leaves_nothing_behind()
    {
        using (var connection = await _host.OpenAsync(Ascii(_host.RawHead(Body) + $"Content-Length: {Body.Length}\r\n\r\n"), Body[..20]))
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            await _host.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(30), limit.Token);
            connection.Reset();
        }

        await (await _host.SendAsync(Some.Joined("e2"))).ShouldBeAcceptedAsync(1, 0);
        _host.Inbox.Events.ShouldHaveSingleItem().Id.ShouldBe("e2");
    }

    static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}
