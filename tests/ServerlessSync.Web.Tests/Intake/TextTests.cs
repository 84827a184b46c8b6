using System.Net;
using System.Text;
using System.Text.Json;
using ServerlessSync.Web.Intake;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Intake;

/// <summary>Texts that look like others, turn around, or are not there: by class, as userName, as key and as any other attribute.</summary>
public sealed class TextTests : WebTest
{
    static readonly string[] Keys = ["A1", "a1", "\u00c9", "E\u0301", "\uff21"];

    [Theory]
    [InlineData("ada")]
    [InlineData("o'brien+test")]
    [InlineData("d\u00e9sir\u00e9e")]
    [InlineData("stra\u00dfe")]
    [InlineData("\u0431\u043e\u0440\u0438\u0441")]
    [InlineData("\u7530\u4e2d\u30bf\u30ed\u30fc")]
    [InlineData("CON")]
    [InlineData("null")]
    [InlineData("undefined")]
    [InlineData("--help")]
    [InlineData("../../etc/passwd")]
    [InlineData("';drop--")]
    [InlineData("=1+1")]
    [InlineData("<script>")]
    [InlineData("${jndi:x}")]
    [InlineData("%s%n")]
    public async Task A_name_of_one_spelling_is_taken_as_it_is(string name)
    {
        await (await SendAsync(email: name)).ShouldBeAcceptedAsync(1, 0);
        _host.Inbox.Events.Single().Data["userName"].ShouldBe(name.ToLowerInvariant() + "@example.com");
    }

    [Fact]
    public async Task A_wide_name_is_recorded_in_ascii()
    {
        await (await SendAsync(email: "\uff21\uff24\uff21")).ShouldBeAcceptedAsync(1, 0);
        _host.Inbox.Events.Single().Data["userName"].ShouldBe("ada@example.com");
    }

    [Theory]
    [InlineData("\u0430da")]
    [InlineData("ad\u03b1")]
    [InlineData("de\u0301sire\u0301e")]
    [InlineData("\ufb01na")]
    [InlineData("ibrah\u0130m")]
    [InlineData("ada\u202egpj")]
    [InlineData("ada\u2066x\u2069")]
    [InlineData("a\u200bda")]
    [InlineData("a\u200dda")]
    [InlineData("\ufeffada")]
    [InlineData("a\u00adda")]
    [InlineData("ada\u0007")]
    [InlineData("ada\u0085")]
    [InlineData("ada\u001b[31m")]
    [InlineData("ada\r\nX: y")]
    [InlineData("ada byron")]
    [InlineData("ada\u00a0")]
    [InlineData("ada\u3000")]
    [InlineData("ada\u2028")]
    [InlineData("ada\ud83d\ude00")]
    [InlineData("\u2460da")]
    [InlineData("ada\u0661")]
    [InlineData("ada\u3164")]
    [InlineData("ada\ue000")]
    [InlineData("ada\uffff")]
    [InlineData("ada\udb40\udc41")]
    public async Task A_name_of_more_than_one_spelling_is_refused_and_its_field_named(string name) =>
        await RefusedAsync(await SendAsync(email: name), "data.email");

    [Fact]
    public async Task A_name_of_64_KiB_is_refused_and_its_field_named() =>
        await RefusedAsync(await SendAsync(email: new string('a', 64 * 1024)), "data.email");

    [Fact]
    public async Task A_name_of_256_characters_is_taken_and_one_more_is_not()
    {
        await (await SendAsync(email: new string('a', 256 - "@example.com".Length))).ShouldBeAcceptedAsync(1, 0);
        await RefusedAsync(await SendAsync(email: new string('a', 257 - "@example.com".Length), id: "e2"), "data.email", stored: 1);
    }

    [Theory]
    [InlineData(" 100")]
    [InlineData("100 ")]
    [InlineData("100\u00a0")]
    [InlineData("1\u200b00")]
    [InlineData("1\u202e00")]
    [InlineData("1\u000000")]
    [InlineData("1\n00")]
    [InlineData("100\ufeff")]
    [InlineData("1\u061c00")]
    [InlineData("1\u038200")]
    public async Task A_key_with_what_nobody_sees_is_refused_and_its_field_named(string key)
    {
        // NUL is no text of JSON here at all; the others are.
        var answer = await SendAsync(employee: key);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        if (!key.Contains('\0', StringComparison.Ordinal))
        {
            await RefusedAsync(answer, "data.employee_id");
        }

        _host.Inbox.Events.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keys_are_compared_as_they_are_so_case_and_form_make_another()
    {
        var number = 0;
        foreach (var key in Keys)
        {
            await (await SendAsync(employee: key, id: $"k{number++}")).ShouldBeAcceptedAsync(1, 0);
        }

        _host.Inbox.Events.Select(e => e.Subject).ShouldBe(Keys);
    }

    [Theory]
    [InlineData("Chief \u202eecnaniF")]
    [InlineData("a\u2067b")]
    [InlineData("two\nlines")]
    [InlineData("bell\u0007")]
    [InlineData("esc\u001b[2J")]
    [InlineData("next\u0085line")]
    [InlineData("a\u2029b")]
    public async Task An_attribute_that_turns_or_breaks_the_line_is_refused_and_its_field_named(string title) =>
        await RefusedAsync(await SendAsync(title: title), "data.title");

    [Theory]
    [InlineData("\ud83d\udc69\u200d\ud83d\udd2c of the \u00e9lite")]
    [InlineData("Ada de\u0301sire\u0301e")]
    [InlineData("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645")]
    [InlineData("Robert'); DROP TABLE students;--")]
    [InlineData("NUL")]
    [InlineData("=cmd|' /C calc'!A0")]
    public async Task Any_other_text_is_an_attribute_as_it_is(string title)
    {
        await (await SendAsync(title: title)).ShouldBeAcceptedAsync(1, 0);
        _host.Inbox.Events.Single().Data["title"].ShouldBe(title);
    }

    [Fact]
    public async Task An_attribute_of_64_KiB_is_refused_and_its_field_named() =>
        await RefusedAsync(await SendAsync(title: new string('x', 64 * 1024)), "data.title");

    [Fact]
    public async Task No_refused_text_reaches_the_log_or_the_answer_raw()
    {
        var answer = await SendAsync(email: "ada\u001b[31m\r\nforged line\u202e", id: "e\u2028");

        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldNotContain("forged");
        (text + string.Concat(_host.Logs.All.Where(line => line.StartsWith("ServerlessSync", StringComparison.Ordinal))))
            .ShouldAllBe(c => !char.IsControl(c) && c != '\u202e' && c != '\u2028');
    }

    // Every character beyond ASCII as its escape, so that the text of the test is what arrives.
    Task<HttpResponseMessage> SendAsync(string email = "ada", string employee = "100", string title = "Clerk", string id = "e1") =>
        _host.SendAsync(
            JsonSerializer.Serialize(
                new { id, type = "employee.changed", sequence = 1, data = new { employee_id = employee, email, title } }),
            id: "msg-" + Convert.ToHexString(Encoding.UTF8.GetBytes(id)));

    async Task RefusedAsync(HttpResponseMessage answer, string field, int stored = 0)
    {
        var problem = await answer.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-event");
        var error = problem.GetProperty("errors").EnumerateArray().ShouldHaveSingleItem();
        error.GetProperty("field").GetString().ShouldBe(field);
        error.GetProperty("detail").GetString()!.ShouldStartWith("must ");
        _host.Counters.Refused("hr", RefusalReason.InvalidEvent).ShouldBe(1);
        _host.Inbox.Events.Count.ShouldBe(stored);
    }
}
