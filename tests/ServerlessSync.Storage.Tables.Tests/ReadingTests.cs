using System.Text;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Tables.Rows;
using ServerlessSync.TestKit;
using Shouldly;

namespace ServerlessSync.Storage.Tables.Tests;

/// <summary>Pages as a service may cut them, and entities as somebody else may have left them.</summary>
public sealed class ReadingTests
{
    [Fact]
    public async Task Empty_pages_that_go_on_are_gone_through_to_the_end()
    {
        var handler = new StubHandler(request => Query(request, "NextPartitionKey") switch
        {
            "" => Page("1 a/b", "x'1"),
            "1 a/b" => Page("2", null, Entity("p", "a", "one"), Entity("p", "b", "two")),
            "2" => Page("3", "r"),
            _ => Page(null, null, Entity("q", "a", "three")),
        });
        using var store = StubService.Over(handler);

        var rows = await StubService.ScanAsync(store);

        rows.Select(row => $"{row.Partition}/{row.Key} {Encoding.UTF8.GetString(row.Body.Span)}").ShouldBe(["p/a one", "p/b two", "q/a three"]);
        handler.Asked.Count.ShouldBe(4);
        handler.Asked[1].ShouldContain("NextPartitionKey=1%20a%2Fb&NextRowKey=x%271");
        handler.Asked[2].ShouldNotContain("NextRowKey");
    }

    [Fact]
    public async Task A_continuation_that_leads_to_itself_is_corrupt_and_does_not_go_on_for_ever()
    {
        using var store = StubService.Over(new StubHandler(_ => Page("1", "1", Entity("p", "a", "one"))));

        (await Should.ThrowAsync<StoreException>(() => StubService.ScanAsync(store))).Failure.ShouldBe(StoreFailure.Corrupt);
    }

    [Fact]
    public async Task Large_rows_make_the_next_page_small_and_small_ones_make_it_large()
    {
        var large = new string('x', 500_000);
        var handler = new StubHandler(request => Query(request, "NextPartitionKey") switch
        {
            "" => Page("1", null, Entity("p", "a", large), Entity("p", "b", large)),
            "1" => Page("2", null, Entity("p", "c", "small"), Entity("p", "d", "small")),
            _ => Page(null, null),
        });
        using var store = StubService.Over(handler);

        (await StubService.ScanAsync(store)).Count.ShouldBe(4);

        string.Join(' ', handler.Asked.Select(asked => asked.Split("$top=")[1].Split('&')[0])).ShouldBe("64 6 1000");
    }

    [Theory]
    [InlineData("", null, "")]
    [InlineData("a", null, "PartitionKey ge 'a'")]
    [InlineData("", "b", "PartitionKey lt 'b'")]
    [InlineData("it's", "it't", "PartitionKey ge 'it''s' and PartitionKey lt 'it''t'")]
    [InlineData("a\0b", "a/z", "PartitionKey ge 'a ' and PartitionKey lt 'a0'")]
    [InlineData("a\u0085", "a\u0090b", "PartitionKey ge 'a\u00a0' and PartitionKey lt 'a\u00a0'")]
    public void An_end_of_a_range_that_is_no_key_is_asked_for_as_the_next_text_that_is(string from, string? before, string filter) =>
        RangeFilter.Scan(new KeyRange(from, before)).ShouldBe(filter);

    [Fact]
    public void An_end_of_a_range_in_a_surrogate_is_asked_for_as_the_character_behind_them_all() =>
        RangeFilter.Query("p", new KeyRange("a\ud800", "a\udfffb")).ShouldBe("PartitionKey eq 'p' and RowKey ge 'a\ue000' and RowKey lt 'a\ue000'");

    [Theory]
    [InlineData("\"D0\":\"b25l\"")]
    [InlineData("\"C\":7,\"D0\":\"b25l\"")]
    [InlineData("\"C\":\"7\",\"D0\":\"b25l\"")]
    [InlineData("\"C\":99999999999,\"D0\":\"b25l\"")]
    [InlineData("\"C\":{},\"D0\":\"b25l\"")]
    [InlineData("\"C\":7,\"D0\":\"not base64\"")]
    [InlineData("\"C\":7,\"D0\":[1,2]")]
    [InlineData("\"C\":7,\"D1\":\"b25l\"")]
    [InlineData("\"C\":7,\"D0\":\"b25l\",\"D2\":\"b25l\"")]
    [InlineData("\"C\":7,\"O\":{\"x\":[]},\"D0\":null")]
    [InlineData("\"C\":7,\"O\":\"odd\",\"D99\":\"b25l\"")]
    [InlineData("\"C\":7,\"D200\":\"b25l\"")]
    public async Task A_row_that_is_not_as_it_was_written_is_damaged_and_does_not_stop_the_scan(string properties)
    {
        var damaged = $"{{\"odata.etag\":\"W/\\\"x\\\"\",\"PartitionKey\":\"p\",\"RowKey\":\"a\",{properties}}}";
        using var store = StubService.Over(new StubHandler(_ => Page(null, null, damaged, Entity("p", "b", "two"))));

        var rows = await StubService.ScanAsync(store);

        rows.Select(row => row.Damaged).ShouldBe([true, false]);
        rows[0].Body.Length.ShouldBe(0);
    }

    static HttpResponseMessage Page(string? nextPartition, string? nextRow, params string[] entities)
    {
        var page = StubHandler.Json($"{{\"odata.metadata\":\"x\",\"value\":[{string.Join(',', entities)}]}}");
        Header("x-ms-continuation-NextPartitionKey", nextPartition);
        Header("x-ms-continuation-NextRowKey", nextRow);
        return page;

        void Header(string name, string? value)
        {
            if (value is not null)
            {
                page.Headers.TryAddWithoutValidation(name, value);
            }
        }
    }

    static string Entity(string partition, string key, string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        var checksum = unchecked((int)RowChecksum.Of("things", partition, key, body));
        var chunks = body.Chunk(64 * 1024).Select((chunk, i) => $",\"D{i}@odata.type\":\"Edm.Binary\",\"D{i}\":\"{Convert.ToBase64String(chunk)}\"").Reverse();
        return $"{{\"odata.etag\":\"W/\\\"x\\\"\",\"PartitionKey\":\"{partition}\",\"RowKey\":\"{key}\",\"C\":{checksum}{string.Concat(chunks)}}}";
    }

    static string Query(HttpRequestMessage request, string name)
    {
        var field = request.RequestUri!.Query.TrimStart('?').Split('&').FirstOrDefault(part => part.StartsWith(name + "=", StringComparison.Ordinal));
        return Uri.UnescapeDataString(field?[(name.Length + 1)..] ?? string.Empty);
    }
}
