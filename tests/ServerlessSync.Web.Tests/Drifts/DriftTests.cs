using System.Net;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Drifts;

public sealed class DriftTests : WebTest
{
    static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Open_drift_comes_page_by_page_and_each_item_once()
    {
        for (var n = 0; n < 7; n++)
        {
            await OpenAsync("saas", $"id{n}", DriftKind.Attribute);
        }

        var seen = new List<string>();
        string? token = null;
        do
        {
            var page = await (await _host.GetAsync($"/drifts?top=3{(token is null ? "" : "&continuationToken=" + Uri.EscapeDataString(token))}")).ShouldBeJsonAsync(HttpStatusCode.OK);
            page.GetProperty("items").GetArrayLength().ShouldBeLessThanOrEqualTo(3);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("identityId").GetString()!));
            token = page.TryGetProperty("continuationToken", out var next) ? next.GetString() : null;
        }
        while (token is not null);

        seen.ShouldBe(Enumerable.Range(0, 7).Select(n => $"id{n}"), ignoreOrder: true);
    }

    [Fact]
    public async Task An_item_shows_the_fingerprint_of_what_it_found_and_who_is_asked_until_when()
    {
        var due = _host.Clock.GetUtcNow().AddDays(7);
        var asked = await OpenAsync("saas", "a", DriftKind.Attribute, owner: "saas-team", due: due);
        await OpenAsync("saas", "b", DriftKind.Attribute, DriftState.Queued, "saas-team", due);

        var items = (await (await _host.GetAsync("/drifts?state=asked")).ShouldBeJsonAsync(HttpStatusCode.OK)).GetProperty("items");
        var queued = (await (await _host.GetAsync("/drifts?state=queued")).ShouldBeJsonAsync(HttpStatusCode.OK)).GetProperty("items")[0];

        items.GetArrayLength().ShouldBe(1);
        items[0].GetProperty("fingerprint").GetString().ShouldBe(DriftStore.FingerprintOf(asked.Findings));
        (items[0].GetProperty("owner").GetString(), items[0].GetProperty("due").GetDateTimeOffset()).ShouldBe(("saas-team", due));
        (queued.TryGetProperty("owner", out _) || queued.TryGetProperty("due", out _)).ShouldBeFalse("nobody is asked");
    }

    [Theory]
    [InlineData("target=saas", "a b c")]
    [InlineData("target=saas&kind=extraGrant", "b")]
    [InlineData("kind=attribute", "a d")]
    [InlineData("severity=critical", "c")]
    [InlineData("state=asked", "a b c")]
    [InlineData("state=queued&severity=medium", "d")]
    [InlineData("target=nobody", "")]
    public async Task Drift_is_chosen_by_target_kind_severity_and_state(string query, string found)
    {
        await OpenAsync("saas", "a", DriftKind.Attribute);
        await OpenAsync("saas", "b", DriftKind.ExtraGrant);
        await OpenAsync("saas", "c", DriftKind.ExpiredButAlive);
        await OpenAsync("warehouse", "d", DriftKind.Attribute, DriftState.Queued);

        var page = await (await _host.GetAsync("/drifts?" + query)).ShouldBeJsonAsync(HttpStatusCode.OK);

        page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("identityId").GetString()).ShouldBe(found.Split(' ', StringSplitOptions.RemoveEmptyEntries), ignoreOrder: true);
    }

    [Theory]
    [InlineData("kind=orfan", "'kind' must be one of missing, orphan, ")]
    [InlineData("severity=bad", "'severity' must be one of low, medium, high, critical.")]
    [InlineData("state=settled", "'state' must be one of reported, asked, held, queued.")]
    [InlineData("continuationToken=a%2Fb", "not a token")]
    [InlineData("top=0", "'top'")]
    public async Task A_filter_that_is_none_is_refused_naming_what_it_may_be(string query, string says) =>
        (await (await _host.GetAsync("/drifts?" + query)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "bad-request")).GetProperty("detail").GetString()!.ShouldContain(says);

    [Theory]
    [InlineData("", "application/json")]
    [InlineData("?format=json", "application/json")]
    [InlineData("?format=csv", "text/csv")]
    [InlineData("?format=html", "text/html")]
    public async Task The_report_comes_in_each_form_and_a_browser_does_nothing_with_it_but_show_it(string query, string type)
    {
        await OpenAsync("saas", "a", DriftKind.Unowned);

        var answer = await _host.GetAsync("/drifts/report" + query);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("saas");
        (type == "text/html").ShouldBe(answer.Headers.Contains("Content-Security-Policy"));
        (type == "text/csv").ShouldBe(answer.Content.Headers.ContentDisposition?.DispositionType == "attachment");
    }

    [Fact]
    public async Task A_form_the_report_does_not_have_is_refused_naming_those_it_has() =>
        (await (await _host.GetAsync("/drifts/report?format=pdf")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "bad-request"))
            .GetProperty("detail").GetString().ShouldBe("'format' must be one of json, csv, html.");

    Task<DriftItem> OpenAsync(string target, string identityId, DriftKind kind, DriftState state = DriftState.Asked, string? owner = null, DateTimeOffset? due = null) => _host.Stores.Drifts.OpenAsync(
        new DriftItem
        {
            Target = target, IdentityId = identityId, OpenedAt = _host.Clock.GetUtcNow(), FoundBy = "run", Owner = owner, Due = due,
            Findings = [new DriftFinding(kind, "mail", "a", "b", _host.Clock.GetUtcNow(), _host.Clock.GetUtcNow())],
        },
        state,
        None);
}
