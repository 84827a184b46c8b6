using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ServerlessSync.Web.Intake;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Intake;

/// <summary>No encoded body is ever opened, so no bomb can go off: 415 for every Content-Encoding, before the body is read.</summary>
public sealed class CompressionTests : WebTest
{
    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData("x-gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("zstd")]
    [InlineData("compress")]
    [InlineData("identity")]
    [InlineData("gzip, gzip")]
    [InlineData("gzip, br, deflate")]
    [InlineData("aes128gcm")]
    [InlineData("made-up")]
    [InlineData("*")]
    [InlineData(" ")]
    public async Task Every_content_encoding_is_refused_unread(string encoding)
    {
        // The body never comes: the answer does not wait for it.
        var body = Encoding.UTF8.GetBytes(Some.Joined());
        using var connection = await _host.OpenAsync(Encoding.ASCII.GetBytes(
            _host.RawHead(body) + $"Content-Encoding: {encoding}\r\nContent-Length: {body.Length}\r\n\r\n"));

        (await connection.ReadStatusAsync()).ShouldStartWith("HTTP/1.1 415");
        _host.Counters.Refused("hr", RefusalReason.UnsupportedMediaType).ShouldBe(1);
        _host.Inbox.Events.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_bomb_of_1_KB_for_1_MB_and_one_inside_another_are_bytes_like_any_other_when_unannounced(bool nested)
    {
        var bomb = Gzip(new byte[1024 * 1024]);
        await (await _host.SendAsync(nested ? Gzip(bomb) : bomb)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "malformed");

        _host.Inbox.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_brotli_bomb_for_1_GB_is_refused_in_problem_json()
    {
        using var packed = new MemoryStream();
        await using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var megabyte = new byte[1024 * 1024];
            for (var i = 0; i < 1024; i++)
            {
                await brotli.WriteAsync(megabyte);
            }
        }

        var request = _host.Webhook(packed.ToArray());
        request.Content!.Headers.ContentEncoding.Add("br");

        await (await _host.Client.SendAsync(request)).ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
    }

    [Fact]
    public async Task An_encoded_body_of_the_API_is_refused_too()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, RouteNames.Replay) { Content = new ByteArrayContent(Gzip("{\"id\":\"x\"}"u8.ToArray())) };
        request.Headers.Authorization = new("Bearer", Some.OperatorKey);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Content.Headers.ContentEncoding.Add("gzip");

        await (await _host.Client.SendAsync(request)).ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
        _host.Ports.Started.ShouldBeEmpty();
    }

    static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }
}
