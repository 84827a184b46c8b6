using System.Net;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Ops;

public sealed class RecordsTests : WebTest
{
    [Fact]
    public async Task Identities_come_page_by_page()
    {
        var page = await (await _host.GetAsync("/identities?top=2&continuationToken=t")).ShouldBeJsonAsync(HttpStatusCode.OK);

        page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()).ShouldBe(["2t", "b"]);
        page.GetProperty("continuationToken").GetString().ShouldBe("next\"");
    }

    [Fact]
    public async Task Exceptions_come_page_by_page_and_bounded() =>
        (await (await _host.GetAsync("/exceptions?top=99999")).ShouldBeJsonAsync(HttpStatusCode.OK))
            .GetProperty("items")[0].GetProperty("id").GetString().ShouldBe("exception1000");

    [Fact]
    public async Task Rows_that_cannot_be_read_are_named_beside_those_that_can_and_otherwise_not_mentioned()
    {
        var damaged = await (await _host.GetAsync("/exceptions?continuationToken=damaged")).ShouldBeJsonAsync(HttpStatusCode.OK);
        damaged.GetProperty("damaged")[0].ToString().ShouldBe("""{"table":"exceptions","partition":"p","key":"x-1"}""");
        (await (await _host.GetAsync("/exceptions")).ShouldBeJsonAsync(HttpStatusCode.OK)).TryGetProperty("damaged", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task One_identity_is_shown() =>
        (await (await _host.GetAsync("/identities/hr%3A100")).Content.ReadAsStringAsync()).ShouldBe("""{"id":"hr:100"}""");

    [Fact]
    public async Task An_identity_that_does_not_exist_is_not_found_and_not_repeated()
    {
        var answer = await _host.GetAsync("/identities/%3Cscript%3E");

        await answer.ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found");
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("script");
    }

    [Theory]
    [InlineData("/identities?continuationToken=foreign")]
    [InlineData("/identities?top=x")]
    public async Task A_page_that_cannot_be_found_is_refused(string path) =>
        await (await _host.GetAsync(path)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "bad-request");
}
