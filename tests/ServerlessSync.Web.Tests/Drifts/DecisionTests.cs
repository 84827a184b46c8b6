using System.Net;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Drifts;

public sealed class DecisionTests : WebTest
{
    [Fact]
    public async Task An_operator_decides_about_the_drift_of_an_identity_or_of_an_account()
    {
        (await _host.PostAsync("/drifts/decide", """{"target":"saas","identityId":"id1","opening":2,"decision":"remediate"}""")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await _host.PostAsync("/drifts/decide", """{"target":"saas","accountKey":"42/x","opening":1,"decision":"ignore","findings":"f1","reason":"test account"}""")).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        _host.Ports.Decisions.ShouldBe(
            [
                new DriftDecisionRequest("saas", "id1", null, 2, DriftDecision.Remediate, "otto"),
                new DriftDecisionRequest("saas", null, "42/x", 1, DriftDecision.Ignore, "otto", "test account", "f1"),
            ]);
    }

    [Theory]
    [InlineData(DriftDecisionOutcome.Unknown, HttpStatusCode.NotFound, "not-found")]
    [InlineData(DriftDecisionOutcome.Changed, HttpStatusCode.Conflict, "changed")]
    [InlineData(DriftDecisionOutcome.Refused, HttpStatusCode.Forbidden, "forbidden")]
    public async Task What_cannot_be_decided_is_told_why(DriftDecisionOutcome outcome, HttpStatusCode status, string code)
    {
        _host.Ports.Decided = new(outcome, "because");

        var problem = await (await _host.PostAsync("/drifts/decide", """{"target":"saas","identityId":"id1","opening":2,"decision":"accept","findings":"f1"}""")).ShouldBeProblemAsync(status, code);
        (outcome == DriftDecisionOutcome.Unknown || problem.GetProperty("detail").GetString() == "because").ShouldBeTrue();
    }

    [Theory]
    [InlineData("[]", "'target', 'identityId'")]
    [InlineData("""{"identityId":"a","opening":1,"decision":"accept"}""", "'target' is missing")]
    [InlineData("""{"target":"saas","opening":1,"decision":"accept"}""", "Either 'identityId' or 'accountKey'")]
    [InlineData("""{"target":"saas","identityId":"a","accountKey":"b","opening":1,"decision":"accept"}""", "and not both")]
    [InlineData("""{"target":"saas","identityId":"a","decision":"accept"}""", "'opening' must be a whole number")]
    [InlineData("""{"target":"saas","identityId":"a","opening":"1","decision":"accept"}""", "'opening' must be a whole number")]
    [InlineData("""{"target":"saas","identityId":"a","opening":0,"decision":"accept"}""", "'opening' must be a whole number")]
    [InlineData("""{"target":"saas","identityId":"a","opening":1.5,"decision":"accept"}""", "'opening' must be a whole number")]
    [InlineData("""{"target":"saas","identityId":"a","opening":1,"decision":"fix"}""", "'decision' must be one of remediate, accept, ignore.")]
    [InlineData("""{"target":"saas","identityId":"a","opening":1,"decision":"accept"}""", "'findings' is missing; it must be the fingerprint")]
    [InlineData("""{"target":"saas","identityId":"a","opening":1,"decision":"ignore","findings":null}""", "'findings' is missing; it must be the fingerprint")]
    [InlineData("""{"target":"saas","identityId":"a","opening":1,"decision":"accept","findings":["attribute"]}""", "'findings' must be a text")]
    [InlineData("""{"target":"saas","identityId":{},"opening":1,"decision":"accept"}""", "'identityId' must be a text")]
    [InlineData("""{"target":"saas","identityid":"a","opening":1,"decision":"accept"}""", "a field that is not known")]
    public async Task An_input_that_is_none_is_refused_naming_the_field(string input, string says)
    {
        (await (await _host.PostAsync("/drifts/decide", input)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "bad-request")).GetProperty("detail").GetString()!.ShouldContain(says);
        _host.Ports.Decisions.ShouldBeEmpty();
    }
}
