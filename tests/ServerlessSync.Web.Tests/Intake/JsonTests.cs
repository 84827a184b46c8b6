using System.Net;
using System.Text;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Intake;

public sealed class JsonTests : WebTest
{
    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("{}{}")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a":1 /* why */}""")]
    [InlineData("""{"id":"e1","id":"e2"}""")]
    [InlineData("""{"id":"e1","\u0069d":"e2"}""")]
    [InlineData("""{"data":{"deep":{"a":1,"a":1}}}""")]
    [InlineData("""{"a":NaN}""")]
    [InlineData("""{"a":01}""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":"\udc00\ud800"}""")]
    [InlineData("""{"\udfff":1}""")]
    [InlineData("""{"a":"x\u0000y"}""")]
    [InlineData("""{"x\u0000y":1}""")]
    public async Task What_is_no_strict_json_is_refused(string body) => await MalformedAsync(Encoding.UTF8.GetBytes(body));

    [Fact]
    public async Task A_byte_order_mark_is_refused() => await MalformedAsync([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Some.Joined())]);

    [Fact]
    public async Task UTF16_is_refused() => await MalformedAsync(Encoding.Unicode.GetBytes(Some.Joined()));

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC0, 0xAF })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xE2, 0x82 })]
    public async Task Bytes_that_are_no_UTF8_are_refused(byte[] bytes) => await MalformedAsync([.. "{\"a\":\""u8, .. bytes, .. "\"}"u8]);

    [Fact]
    public async Task A_raw_NUL_in_a_text_is_refused() => await MalformedAsync("{\"a\":\"x\0y\"}"u8.ToArray());

    [Theory]
    [InlineData(33)]
    [InlineData(20_000)]
    public async Task Json_nested_too_deep_is_refused(int depth) =>
        await MalformedAsync(Encoding.ASCII.GetBytes(new string('[', depth) + new string(']', depth)));

    [Fact]
    public async Task Objects_nested_20000_deep_are_refused() =>
        await MalformedAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 20_000)) + "1" + new string('}', 20_000)));

    [Fact]
    public async Task Json_nested_32_deep_is_read()
    {
        var nested = new string('[', 30) + new string(']', 30);
        var body = Some.Joined().Replace("\"department_id\":90", $"\"extra\":{nested}", StringComparison.Ordinal);

        await (await _host.SendAsync(body)).ShouldBeAcceptedAsync(1, 0);
    }

    [Fact]
    public async Task Whole_surrogate_pairs_and_other_escapes_are_read()
    {
        var body = Some.Joined().Replace("\"department_id\":90", """ "department_id":"\ud83d\ude00 \u00fc" """, StringComparison.Ordinal);

        await (await _host.SendAsync(body)).ShouldBeAcceptedAsync(1, 0);
        _host.Inbox.Events.Single().Data["department"].ShouldBe("😀 ü");
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("-0")]
    [InlineData("9007199254740993")]
    [InlineData("0.10")]
    [InlineData("123456789012345678901234567890")]
    public async Task A_number_becomes_its_exact_text(string number)
    {
        var body = Some.Joined().Replace("\"department_id\":90", $"\"department_id\":{number}", StringComparison.Ordinal);

        await (await _host.SendAsync(body)).ShouldBeAcceptedAsync(1, 0);
        _host.Inbox.Events.Single().Data["department"].ShouldBe(number);
    }

    [Theory]
    [InlineData("9007199254740993", 9007199254740993)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("\"9007199254740993\"", 9007199254740993)]
    [InlineData("0", 0)]
    public async Task A_sequence_is_exact(string sequence, long expected)
    {
        await (await _host.SendAsync(Some.Joined(sequence: sequence))).ShouldBeAcceptedAsync(1, 0);
        _host.Inbox.Events.Single().Sequence.ShouldBe(expected);
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("-0")]
    [InlineData("-1")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("9223372036854775808")]
    [InlineData("\"\"")]
    [InlineData("\" 1\"")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("true")]
    public async Task A_sequence_that_is_no_whole_number_is_refused(string sequence)
    {
        var problem = await (await _host.SendAsync(Some.Joined(sequence: sequence))).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "invalid-event");
        problem.GetProperty("errors")[0].GetProperty("field").GetString().ShouldBe("sequence");
    }
}
