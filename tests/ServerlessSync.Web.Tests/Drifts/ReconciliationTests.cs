using System.Net;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Web.Tests.Host;
using Shouldly;
using Xunit;

namespace ServerlessSync.Web.Tests.Drifts;

public sealed class ReconciliationTests : WebTest
{
    static CancellationToken None => CancellationToken.None;

    public override async Task InitializeAsync() => _host = await WebHost.StartAsync(mesh => mesh with
    {
        Targets = new Dictionary<string, TargetConfiguration> { ["saas"] = Target("saas", "0 3 * * *"), ["warehouse"] = Target("warehouse", null) },
    });

    [Theory]
    [InlineData("""{"target":"saas"}""", "dry")]
    [InlineData("""{"target":"saas","dryRun":true}""", "dry")]
    [InlineData("""{"target":"saas","dryRun":false}""", "real")]
    [InlineData("""{"target":"saas","changesOnly":true}""", "dry changes")]
    [InlineData("""{"target":"saas","dryRun":false,"changesOnly":false}""", "real")]
    public async Task An_operator_starts_a_comparison_that_is_a_dry_run_unless_said_otherwise(string input, string how)
    {
        var answer = await _host.PostAsync("/reconciliations", input);

        var started = await answer.ShouldBeJsonAsync(HttpStatusCode.Accepted);
        (started.GetProperty("target").GetString(), started.GetProperty("run").GetString()).ShouldBe(("saas", "run-1"));
        answer.Headers.Location!.ToString().ShouldBe("/reconciliations?target=saas&top=1");
        _host.Ports.Started.ShouldHaveSingleItem().ShouldStartWith($"compare saas {how} otto reconcile-saas-");
    }

    [Fact]
    public async Task An_operator_applies_the_plan_that_was_looked_at()
    {
        (await _host.PostAsync("/reconciliations/saas/apply", """{"planHash":"abc"}""")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        _host.Ports.Started.ShouldBe(["apply saas abc otto"]);
    }

    [Theory]
    [InlineData(ReconciliationDecision.UnderWay, HttpStatusCode.Conflict, "under-way")]
    [InlineData(ReconciliationDecision.OtherPlan, HttpStatusCode.Conflict, "other-plan")]
    [InlineData(ReconciliationDecision.UnknownTarget, HttpStatusCode.NotFound, "not-found")]
    [InlineData(ReconciliationDecision.Refused, HttpStatusCode.Conflict, "refused")]
    public async Task What_cannot_be_started_is_told_why(ReconciliationDecision decision, HttpStatusCode status, string code)
    {
        _host.Ports.Compared = new(decision, "run-0");

        await (await _host.PostAsync("/reconciliations", """{"target":"saas"}""")).ShouldBeProblemAsync(status, code);
        await (await _host.PostAsync("/reconciliations/saas/apply", """{"planHash":"abc"}""")).ShouldBeProblemAsync(status, code);
    }

    [Theory]
    [InlineData("/reconciliations", """{"target":"nobody"}""", HttpStatusCode.NotFound)]
    [InlineData("/reconciliations/nobody/apply", """{"planHash":"abc"}""", HttpStatusCode.NotFound)]
    [InlineData("/reconciliations", """{"target":1}""", HttpStatusCode.BadRequest)]
    [InlineData("/reconciliations", """{"target":"saas","dryRun":"no"}""", HttpStatusCode.BadRequest)]
    [InlineData("/reconciliations", """{"target":"saas","dryrun":false}""", HttpStatusCode.BadRequest)]
    [InlineData("/reconciliations", """{"target":"saas","changesOnly":"yes"}""", HttpStatusCode.BadRequest)]
    [InlineData("/reconciliations", null, HttpStatusCode.BadRequest)]
    [InlineData("/reconciliations/saas/apply", "{}", HttpStatusCode.BadRequest)]
    public async Task What_is_not_understood_starts_nothing(string path, string? input, HttpStatusCode status)
    {
        (await _host.PostAsync(path, input)).StatusCode.ShouldBe(status);
        _host.Ports.Started.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_targets_comparisons_come_newest_first_page_by_page_with_their_counts()
    {
        for (var n = 1; n <= 5; n++)
        {
            await CompareAsync("saas", $"run{n}");
        }

        await CompareAsync("warehouse", "other");
        var first = await (await _host.GetAsync("/reconciliations?target=saas&top=3")).ShouldBeJsonAsync(HttpStatusCode.OK);
        first.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("number").GetInt64()).ShouldBe([5, 4, 3]);
        first.GetProperty("items")[0].GetProperty("found").GetProperty("attribute").GetInt32().ShouldBe(7);
        var rest = await (await _host.GetAsync($"/reconciliations?target=saas&top=3&continuationToken={first.GetProperty("continuationToken").GetString()}")).ShouldBeJsonAsync(HttpStatusCode.OK);
        rest.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("number").GetInt64()).ShouldBe([2, 1]);
        rest.TryGetProperty("continuationToken", out _).ShouldBeFalse();

        var newest = await (await _host.GetAsync("/reconciliations")).ShouldBeJsonAsync(HttpStatusCode.OK);
        newest.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("run").GetString()).ShouldBe(["run5", "other"]);
    }

    [Theory]
    [InlineData("?target=saas&continuationToken=x")]
    [InlineData("?target=saas&continuationToken=0")]
    [InlineData("?continuationToken=1")]
    public async Task A_page_that_cannot_be_found_is_refused(string query) =>
        await (await _host.GetAsync("/reconciliations" + query)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "bad-request");

    [Fact]
    public async Task Schedules_tell_when_a_target_is_next_compared_and_what_was_missed()
    {
        await _host.Stores.Reconciliations.ChangeScheduleAsync("saas", ReconciliationMode.Complete, _ => new ReconciliationSchedule("saas", "x", _host.Clock.GetUtcNow(), Missed: 3), None);

        var items = (await (await _host.GetAsync("/reconciliations/schedules")).ShouldBeJsonAsync(HttpStatusCode.OK)).GetProperty("items");

        items[0].GetProperty("schedule").GetString().ShouldBe("0 3 * * *");
        items[0].GetProperty("next").GetDateTimeOffset().ShouldBe(new DateTimeOffset(2026, 1, 6, 3, 0, 0, TimeSpan.Zero));
        items[0].GetProperty("missed").GetInt64().ShouldBe(3);
        items[1].TryGetProperty("next", out _).ShouldBeFalse();
        items[0].TryGetProperty("changes", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task The_schedule_of_changes_is_told_with_why_nothing_is_followed_and_a_comparison_with_how_much_it_read()
    {
        await using var host = await WebHost.StartAsync(mesh => mesh with { Targets = new Dictionary<string, TargetConfiguration> { ["saas"] = Target("saas", "0 3 * * *", "*/5 * * * *") } });
        var stores = host.Stores.Reconciliations;
        await stores.BeginAsync("saas", "run1", n => RunOf("saas", "run1", n) with { Mode = ReconciliationMode.Changes }, None);
        await stores.FollowAsync("saas", "run1", _ => FollowedChanges.Without("forgotten"), None);

        var changes = (await (await host.GetAsync("/reconciliations/schedules")).ShouldBeJsonAsync(HttpStatusCode.OK)).GetProperty("items")[0].GetProperty("changes");

        changes.GetProperty("schedule").GetString().ShouldBe("*/5 * * * *");
        changes.GetProperty("next").GetDateTimeOffset().ShouldBe(host.Clock.GetUtcNow() + TimeSpan.FromMinutes(5));
        (changes.GetProperty("followed").GetBoolean(), changes.GetProperty("lost").GetString()).ShouldBe((false, "forgotten"));
        var run = (await (await host.GetAsync("/reconciliations?target=saas")).ShouldBeJsonAsync(HttpStatusCode.OK)).GetProperty("items")[0];
        run.GetProperty("mode").GetString().ShouldBe("changes");
    }

    [Fact]
    public async Task An_operator_pauses_a_comparison_and_lets_it_go_on()
    {
        (await (await _host.PostAsync("/reconciliations/saas/pause")).ShouldBeJsonAsync(HttpStatusCode.Accepted)).GetProperty("run").GetString().ShouldBe("run-1");
        (await _host.PostAsync("/reconciliations/saas/resume")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        _host.Ports.Started.ShouldBe(["pause saas otto", "resume saas otto"]);
    }

    [Theory]
    [InlineData(PauseOutcome.UnknownTarget, HttpStatusCode.NotFound, "not-found")]
    [InlineData(PauseOutcome.NotUnderWay, HttpStatusCode.Conflict, "not-under-way")]
    [InlineData(PauseOutcome.AlreadySo, HttpStatusCode.Conflict, "already-so")]
    public async Task What_cannot_be_paused_is_told_why(PauseOutcome outcome, HttpStatusCode status, string code)
    {
        _host.Ports.Paused = new(outcome, "run-0");

        await (await _host.PostAsync("/reconciliations/saas/pause")).ShouldBeProblemAsync(status, code);
        await (await _host.PostAsync("/reconciliations/saas/resume")).ShouldBeProblemAsync(status, code);
    }

    [Fact]
    public async Task A_plan_comes_page_by_page_with_what_differs_and_what_would_be_done()
    {
        await CompareAsync("saas", "run1");
        for (var n = 0; n < 7; n++)
        {
            await SuspectAsync(1, $"id{n}", n % 2 == 0 ? DriftState.Queued : DriftState.Asked);
        }

        var lines = new List<(string?, string?)>();
        string? token = null;
        do
        {
            var page = await (await _host.GetAsync($"/reconciliations/saas/1/plan?top=3{(token is null ? "" : "&continuationToken=" + Uri.EscapeDataString(token))}")).ShouldBeJsonAsync(HttpStatusCode.OK);
            page.GetProperty("items").GetArrayLength().ShouldBeLessThanOrEqualTo(3);
            lines.AddRange(page.GetProperty("items").EnumerateArray().Select(i => (i.GetProperty("identityId").GetString(), i.GetProperty("action").GetString())));
            token = page.TryGetProperty("continuationToken", out var next) ? next.GetString() : null;
        }
        while (token is not null);

        lines.ShouldBe(Enumerable.Range(0, 7).Select(n => ((string?)$"id{n}", (string?)(n % 2 == 0 ? "mend" : "ask"))));
    }

    [Fact]
    public async Task A_plan_that_a_newer_comparison_made_forgotten_is_gone_and_says_so()
    {
        await CompareAsync("saas", "run1");
        await SuspectAsync(1, "id1", DriftState.Queued);
        await CompareAsync("saas", "run2");

        var problem = await (await _host.GetAsync("/reconciliations/saas/1/plan")).ShouldBeProblemAsync(HttpStatusCode.Gone, "forgotten");

        problem.GetProperty("detail").GetString().ShouldBe("Comparison 2 of this target has begun since, and only the newest plan is kept.");
        (await (await _host.GetAsync("/reconciliations/saas/2/plan")).ShouldBeJsonAsync(HttpStatusCode.OK)).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_comparison_under_way_or_one_that_made_no_plan_says_so()
    {
        await BeginAsync("saas", "run1", plan: null);
        await (await _host.GetAsync("/reconciliations/saas/1/plan")).ShouldBeProblemAsync(HttpStatusCode.Conflict, "under-way");

        await EndAsync("saas", "run1", ReconciliationOutcome.Abandoned, "the read ended early");
        (await (await _host.GetAsync("/reconciliations/saas/1/plan")).ShouldBeProblemAsync(HttpStatusCode.NotFound, "not-found")).GetProperty("detail").GetString()
            .ShouldBe("The comparison ended without a plan: the read ended early.");
    }

    [Theory]
    [InlineData("/reconciliations/saas/2/plan", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/reconciliations/saas/x/plan", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/reconciliations/saas/-1/plan", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/reconciliations/nobody/1/plan", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/reconciliations/saas/1/plan?top=0", HttpStatusCode.BadRequest, "bad-request")]
    [InlineData("/reconciliations/saas/1/plan?continuationToken=audit", HttpStatusCode.BadRequest, "bad-request")]
    [InlineData("/reconciliations/saas/1/plan?continuationToken=s-a%2Fb", HttpStatusCode.BadRequest, "bad-request")]
    public async Task A_plan_that_cannot_be_found_is_told_why(string path, HttpStatusCode status, string code)
    {
        await CompareAsync("saas", "run1");

        await (await _host.GetAsync(path)).ShouldBeProblemAsync(status, code);
    }

    [Fact]
    public async Task A_line_that_cannot_be_read_is_named_and_the_others_are_shown()
    {
        await CompareAsync("saas", "run1");
        await SuspectAsync(1, "id1", DriftState.Queued);
        await SuspectAsync(1, "id2", DriftState.Queued);
        var row = await FirstSuspectAsync();
        await _host.Stores.Partitions.Store.CommitAsync(new RowBatch(TableNames.Reconciliations, row.Partition, RowWrite.Put(row.Key, "nonsense"u8.ToArray())), None);

        var page = await (await _host.GetAsync("/reconciliations/saas/1/plan")).ShouldBeJsonAsync(HttpStatusCode.OK);

        page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("identityId").GetString()).ShouldBe(["id2"]);
        page.GetProperty("damaged")[0].GetProperty("key").GetString().ShouldBe(row.Key);
    }

    async Task<Row> FirstSuspectAsync()
    {
        await foreach (var row in _host.Stores.Partitions.Store.ScanAsync(TableNames.Reconciliations, KeyRange.All, None))
        {
            if (row.Key.StartsWith("s-", StringComparison.Ordinal))
            {
                return row;
            }
        }

        throw new InvalidOperationException("no suspect");
    }

    Task SuspectAsync(long number, string identityId, DriftState decided) => _host.Stores.Suspects.AddAsync(
        "saas",
        number,
        [
            new Suspect
            {
                IdentityId = identityId, State = SuspectState.Confirmed, Decided = decided,
                Findings = [new(DriftKind.Attribute, "mail", "a", "b", _host.Clock.GetUtcNow(), _host.Clock.GetUtcNow())],
            },
        ],
        None);

    static TargetConfiguration Target(string name, string? schedule, string? changes = null) => new()
    {
        Name = name,
        Connector = "scim",
        Url = "https://scim.example.com",
        Credential = new("env", "T"),
        Scope = new Dictionary<string, IReadOnlyList<string>>(),
        Stage = TargetStage.Enforce,
        UserName = Template.Parse("{userName}"),
        Attributes = [],
        Reconcile = new() { Schedule = Cron(schedule), Changes = Cron(changes) },
    };

    static CronExpression? Cron(string? text) => text is null ? null : CronExpression.Parse(text, out _);

    static ReconciliationRun RunOf(string target, string run, long number) => new()
    {
        Target = target, Number = number, Run = run, AskedBy = "otto", DryRun = true, Configuration = "c", StartedAt = DateTimeOffset.UnixEpoch,
        Found = new Dictionary<DriftKind, int> { [DriftKind.Attribute] = 7 },
    };

    async Task CompareAsync(string target, string run)
    {
        await BeginAsync(target, run, plan: "abc");
        await EndAsync(target, run, ReconciliationOutcome.Completed);
    }

    Task<ReconciliationRun> BeginAsync(string target, string run, string? plan) => _host.Stores.Reconciliations.BeginAsync(
        target,
        run,
        n => new ReconciliationRun
        {
            Target = target, Number = n, Run = run, AskedBy = "otto", DryRun = true, Configuration = "c", StartedAt = _host.Clock.GetUtcNow(), PlanHash = plan,
            Found = new Dictionary<DriftKind, int> { [DriftKind.Attribute] = 7 },
        },
        None);

    Task<ReconciliationRun?> EndAsync(string target, string run, ReconciliationOutcome outcome, string? reason = null) => _host.Stores.Reconciliations.ChangeAsync(
        target, run, r => r with { EndedAt = _host.Clock.GetUtcNow(), Outcome = outcome, Reason = reason }, None);
}
