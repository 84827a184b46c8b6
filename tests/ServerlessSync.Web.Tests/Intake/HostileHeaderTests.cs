using System.Text;
using Microsoft.Extensions.Logging;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Intake;

/// <summary>Headers of webhooks, in Latin-1 so that any byte can be written.</summary>
public sealed class HostileHeaderTests : WebTest
{
    const string Canary = "canary-77";
    static readonly byte[] Body = Encoding.UTF8.GetBytes(Some.Joined());

    [Theory]
    [InlineData("webhook-id: msg_1\r\nwebhook-id: msg_1")]
    [InlineData("webhook-id: msg_1\r\nwebhook-id: msg_2")]
    [InlineData("webhook-id: msg_1, msg_1")]
    [InlineData("webhook-id: ")]
    [InlineData("webhook-id: msg\u00e9")]
    [InlineData("webhook-id: msg\u00c3\u00a9")]
    [InlineData("webhook-id: msg\u001b[31m")]
    [InlineData("webhook-id: msg\u007f")]
    [InlineData("webhook-id: msg\t1")]
    [InlineData("webhook-id: msg_1\rforged: line")]
    public async Task An_id_that_is_not_one_printable_word_is_refused(string id)
    {
        (await SendAsync(head => head.Replace("webhook-id: msg_1", id, StringComparison.Ordinal))).ShouldStartWith("HTTP/1.1 40");
        _host.Inbox.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_timestamp_there_twice_is_refused()
    {
        var at = _host.Clock.GetUtcNow().ToUnixTimeSeconds();

        (await SendAsync(head => head + $"webhook-timestamp: {at}\r\n")).ShouldStartWith("HTTP/1.1 401");
    }

    [Fact]
    public async Task An_id_of_200_characters_is_taken_and_a_longer_one_refused()
    {
        using var fits = await _host.Client.SendAsync(_host.Webhook(Body, id: new string('i', 200)));
        await fits.ShouldBeAcceptedAsync(1, 0);

        (await _host.Client.SendAsync(_host.Webhook(Body, id: new string('i', 201)))).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("webhook-signature: \u00e9")]
    [InlineData("webhook-signature: v1,\u0000")]
    [InlineData("webhook-signature: v1,====")]
    [InlineData("webhook-signature: v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=")]
    [InlineData("webhook-signature: v1, AAAA")]
    public async Task A_signature_that_is_no_base64_of_a_hash_is_refused(string signature)
    {
        (await SendAsync(head => head[..head.IndexOf("webhook-signature", StringComparison.Ordinal)] + signature + "\r\n")).ShouldStartWith("HTTP/1.1 40");
        _host.Inbox.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whatever_comes_in_headers_paths_and_bodies_no_log_line_can_be_forged_and_no_canary_answered()
    {
        var answers = new StringBuilder();
        foreach (var hostile in new[] { "\u001b[2J", "\u001b]0;x\u0007", "\u009b31m", "%0d%0aforged", "%1b[31m", "\u2028", "\\n", "{0}", "{Source}" })
        {
            var text = Canary + hostile;
            answers.Append(await SendAsync(head => head.Replace("webhook-id: msg_1", "webhook-id: " + text, StringComparison.Ordinal)));
            answers.Append(await SendAsync(head => head.Replace("/intake/hr", "/intake/" + text, StringComparison.Ordinal)));
            answers.Append(await SendAsync(head => head.Replace("application/json", text, StringComparison.Ordinal)));
            answers.Append(await SendAsync(head => "POST /exceptions/replay" + head["POST /intake/hr".Length..] + $"Authorization: Bearer {text}\r\n"));
            answers.Append(await SendAsync(head => $"{Canary}X /identities/{text}" + head["POST /intake/hr".Length..]));
        }

        answers.ToString().ShouldNotContain(Canary);
        foreach (var line in _host.Logs.All.Where(IsOurs))
        {
            line.ShouldAllBe(c => c >= ' ' && c <= '~', line);
        }
    }

    // In production nothing below a warning is written.
    static bool IsOurs(string line) =>
        line.StartsWith("ServerlessSync", StringComparison.Ordinal)
        || line.Contains($"|{LogLevel.Warning}|", StringComparison.Ordinal) || line.Contains($"|{LogLevel.Error}|", StringComparison.Ordinal);

    async Task<string> SendAsync(Func<string, string> change)
    {
        using var connection = await _host.OpenAsync(
            Encoding.Latin1.GetBytes(change(_host.RawHead(Body)) + $"Content-Length: {Body.Length}\r\n\r\n"), Body);
        return await connection.ReadAllAsync();
    }
}
