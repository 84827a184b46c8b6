using System.Text;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Intake;

/// <summary>One case of each class a parser may get wrong, as a value inside an otherwise good event, in Latin-1 so that any byte can be written.</summary>
public sealed class JsonClassesTests : WebTest
{
    [Theory]
    [InlineData("[]")]
    [InlineData("[ ]")]
    [InlineData("{}")]
    [InlineData("[null,true,false]")]
    [InlineData("[[[]],{},\"\"]")]
    [InlineData(" \t\r\n[ \t\r\n1 \t\r\n] ")]
    [InlineData("{\"\":0}")]
    [InlineData("{\"a\":{\"a\":1},\"b\":{\"a\":1}}")]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("-0.0")]
    [InlineData("0e1")]
    [InlineData("0e+1")]
    [InlineData("1E-2")]
    [InlineData("123.456e78")]
    [InlineData("-1")]
    [InlineData("1e999999")]
    [InlineData("-1e-999999")]
    [InlineData("100000000000000000000000000000000000000000000000")]
    [InlineData("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"")]
    [InlineData("\"\\u00e9\\uD83D\\uDE00\"")]
    [InlineData("\"\\uDBFF\\uDFFF\"")]
    [InlineData("\"\\uFFFF\\uFDD0\"")]
    [InlineData("\"\\u2028\\u2029\\u200b\"")]
    [InlineData("\"\u00c3\u00a9\"")]
    [InlineData("\"\u00f0\u009f\u0098\u0080\"")]
    [InlineData("\"\u00ef\u00bb\u00bf\"")]
    [InlineData("\"\u007f\"")]
    [InlineData("\"/* no comment */ // nor this\"")]
    public async Task What_the_grammar_allows_is_taken(string value)
    {
        await (await _host.SendAsync(With(value))).ShouldBeAcceptedAsync(1, 0);
        _host.Inbox.Events.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("[1,]")]
    [InlineData("[,1]")]
    [InlineData("[1,,2]")]
    [InlineData("[1 2]")]
    [InlineData("[1:2]")]
    [InlineData("[")]
    [InlineData("]")]
    [InlineData("[1}")]
    [InlineData("[\"a")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{,\"a\":1}")]
    [InlineData("{\"a\"}")]
    [InlineData("{\"a\",1}")]
    [InlineData("{\"a\"::1}")]
    [InlineData("{a:1}")]
    [InlineData("{'a':1}")]
    [InlineData("{1:1}")]
    [InlineData("{null:1}")]
    [InlineData("{\"a\":1 \"b\":2}")]
    [InlineData("{\"a\":1,\"a\":1}")]
    [InlineData("{\"a\":1,\"\\u0061\":2}")]
    [InlineData("1.")]
    [InlineData(".1")]
    [InlineData("-.1")]
    [InlineData("+1")]
    [InlineData("--1")]
    [InlineData("-")]
    [InlineData("01")]
    [InlineData("-01")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1eE2")]
    [InlineData("1.2.3")]
    [InlineData("0x1F")]
    [InlineData("1_000")]
    [InlineData("1 000")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("\u00ef\u00bc\u0091")]
    [InlineData("True")]
    [InlineData("nul")]
    [InlineData("undefined")]
    [InlineData("\"a\tb\"")]
    [InlineData("\"a\nb\"")]
    [InlineData("\"a\u0000b\"")]
    [InlineData("\"a\u001fb\"")]
    [InlineData("\"\\x41\"")]
    [InlineData("\"\\a\"")]
    [InlineData("\"\\\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("\"\\u12G4\"")]
    [InlineData("\"\\U0041\"")]
    [InlineData("\"\\u0000\"")]
    [InlineData("\"\\uD800\"")]
    [InlineData("\"\\uD800\\u0041\"")]
    [InlineData("\"\\uD800\\uD800\"")]
    [InlineData("\"\\uDC00\"")]
    [InlineData("\"\\uDE00\\uD83D\"")]
    [InlineData("'a'")]
    [InlineData("\"\u00e9\"")]
    [InlineData("\"\u00c0\u0080\"")]
    [InlineData("\"\u00ed\u00a0\u0080\"")]
    [InlineData("\"\u00f4\u0090\u0080\u0080\"")]
    [InlineData("\"\u00f8\u0088\u0080\u0080\u0080\"")]
    [InlineData("\"\u00e2\u0082\"")]
    [InlineData("\"\u0081\"")]
    [InlineData("1 // why")]
    [InlineData("1 /* why */")]
    [InlineData("# why\n1")]
    [InlineData("\u00ef\u00bb\u00bf1")]
    [InlineData("\u000b1")]
    [InlineData("\u00c2\u00a01")]
    [InlineData("1 \u000c")]
    [InlineData("<null>")]
    [InlineData("1;")]
    [InlineData("")]
    public async Task What_it_does_not_allow_is_refused_and_nothing_stored(string value) => await MalformedAsync(With(value));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\u0000")]
    [InlineData("{}{}")]
    [InlineData("{},")]
    [InlineData("{}]")]
    [InlineData("{}\u0000")]
    [InlineData("\u001e{}")]
    [InlineData("{}\n{}\n")]
    [InlineData("\u00fe\u00ff\u0000{\u0000}")]
    [InlineData("\u00ff\u00fe{\u0000}\u0000")]
    [InlineData("{\u0000}\u0000")]
    [InlineData("\u0000\u0000\u0000{\u0000\u0000\u0000}")]
    [InlineData("\u00ef\u00bb\u00bf{}")]
    public async Task A_body_that_is_not_one_text_of_json_is_refused_and_nothing_stored(string body) => await MalformedAsync(Encoding.Latin1.GetBytes(body));

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    public async Task A_million_open_brackets_are_refused_without_being_followed(string open) =>
        await MalformedAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(open, 1_000_000 / open.Length))));

    [Fact]
    public async Task A_hundred_thousand_members_and_the_same_name_last_are_refused_as_a_duplicate()
    {
        var members = string.Join(',', Enumerable.Range(0, 80_000).Select(i => $"\"m{i}\":0"));

        await MalformedAsync(Encoding.ASCII.GetBytes($"{{{members},\"m0\":0}}"));
    }

    [Fact]
    public async Task Members_nobody_maps_are_many_and_cost_nothing()
    {
        var members = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"m{i}\":0"));

        await (await _host.SendAsync(With("{" + members + "}"))).ShouldBeAcceptedAsync(1, 0);
        _host.Inbox.Events.Single().Data.Keys.ShouldBe(["userName", "department"], ignoreOrder: true);
    }

    static byte[] With(string value) =>
        [.. Encoding.ASCII.GetBytes(Some.Joined()[..^1] + ",\"extra\":"), .. Encoding.Latin1.GetBytes(value), (byte)'}'];
}
