using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ServerlessSync.Web.Intake;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Intake;

public sealed class BodyTests : WebTest
{
    const int Limit = 1024 * 1024;
    static readonly byte[] Body = Encoding.UTF8.GetBytes(Some.Joined());

    [Fact]
    public async Task A_body_over_1_MiB_is_refused_naming_the_limit()
    {
        var problem = await (await _host.SendAsync(Padded(Limit + 1))).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "body-too-large");

        problem.GetProperty("detail").GetString().ShouldBe("A request body holds at most 1048576 bytes (1 MiB).");
        _host.Counters.Refused("hr", RefusalReason.TooLarge).ShouldBe(1);
    }

    [Fact]
    public async Task A_body_of_1_MiB_is_read() =>
        await (await _host.SendAsync(Padded(Limit))).ShouldBeAcceptedAsync(1, 0);

    [Fact]
    public async Task A_body_over_1_MiB_without_Content_Length_is_refused_naming_the_limit()
    {
        var request = _host.Webhook(Padded(Limit + 1));
        request.Headers.TransferEncodingChunked = true;

        await (await _host.Client.SendAsync(request)).ShouldBeProblemAsync(HttpStatusCode.RequestEntityTooLarge, "body-too-large");
    }

    [Fact]
    public async Task A_body_without_Content_Length_is_read()
    {
        var request = _host.Webhook(Padded(300_000));
        request.Headers.TransferEncodingChunked = true;

        await (await _host.Client.SendAsync(request)).ShouldBeAcceptedAsync(1, 0);
    }

    [Fact]
    public async Task A_Content_Length_over_1_MiB_is_refused_before_any_body()
    {
        using var connection = await _host.OpenAsync(Ascii(_host.RawHead(Body) + $"Content-Length: {Limit + 1}\r\n\r\n"));

        (await connection.ReadStatusAsync()).ShouldStartWith("HTTP/1.1 413");
    }

    [Fact]
    public async Task A_Content_Length_shorter_than_the_body_cuts_it_and_the_signature_fails()
    {
        using var connection = await _host.OpenAsync(Ascii(_host.RawHead(Body) + $"Content-Length: {Body.Length - 5}\r\n\r\n"), Body);

        (await connection.ReadStatusAsync()).ShouldStartWith("HTTP/1.1 401");
        _host.Inbox.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_Content_Length_longer_than_the_body_stores_nothing()
    {
        using var connection = await _host.OpenAsync(Ascii(_host.RawHead(Body) + $"Content-Length: {Body.Length + 5}\r\n\r\n"), Body);
        connection.EndSending();

        var answer = await connection.ReadStatusAsync();
        if (answer.Length > 0)
        {
            answer.ShouldStartWith("HTTP/1.1 400");
        }

        _host.Inbox.Events.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("zz\r\nnot a chunk\r\n")]
    [InlineData("5\r\nabcdefgh\r\n0\r\n\r\n")]
    [InlineData("ffffffffffffffff\r\nab")]
    public async Task Garbage_for_chunks_is_refused(string garbage)
    {
        using var connection = await _host.OpenAsync(Ascii(_host.RawHead(Body) + "Transfer-Encoding: chunked\r\n\r\n" + garbage));

        (await connection.ReadStatusAsync()).ShouldStartWith("HTTP/1.1 400");
        _host.Inbox.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_body_that_takes_longer_than_30_seconds_is_refused()
    {
        using var connection = await _host.OpenAsync(Ascii(_host.RawHead(Body) + $"Content-Length: {Body.Length}\r\n\r\n"), Body[..10]);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _host.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(30), limit.Token);

        _host.Clock.Advance(TimeSpan.FromSeconds(30));

        (await connection.ReadStatusAsync()).ShouldStartWith("HTTP/1.1 408");
        _host.Counters.Refused("hr", RefusalReason.TooSlow).ShouldBe(1);
    }

    [Fact]
    public async Task A_body_that_comes_in_pieces_is_read()
    {
        using var connection = await _host.OpenAsync(Ascii(_host.RawHead(Body) + $"Content-Length: {Body.Length}\r\n\r\n"), Body[..10]);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _host.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(30), limit.Token);

        await connection.Stream.WriteAsync(Body.AsMemory(10));

        (await connection.ReadStatusAsync()).ShouldStartWith("HTTP/1.1 202");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/jsonp")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task Another_content_type_is_refused(string? type)
    {
        var request = _host.Webhook(Body);
        request.Content!.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);

        await (await _host.Client.SendAsync(request)).ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
        _host.Counters.Refused("hr", RefusalReason.UnsupportedMediaType).ShouldBe(1);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON;charset=\"UTF-8\"")]
    public async Task Json_in_UTF8_is_taken_however_it_is_written(string type)
    {
        var request = _host.Webhook(Body);
        request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(type);

        await (await _host.Client.SendAsync(request)).ShouldBeAcceptedAsync(1, 0);
    }

    [Fact]
    public async Task A_gzip_bomb_is_refused_unopened()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            await gzip.WriteAsync(new byte[64 * Limit]);
        }

        var request = _host.Webhook(packed.ToArray());
        request.Content!.Headers.ContentEncoding.Add("gzip");

        await (await _host.Client.SendAsync(request)).ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
    }

    static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    // White space around the event brings the body to a size without making the event larger.
    static byte[] Padded(int size) => [.. Body, .. Enumerable.Repeat((byte)' ', size - Body.Length)];
}
