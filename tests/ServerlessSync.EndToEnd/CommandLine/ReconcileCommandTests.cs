using ServerlessSync.EndToEnd.Kill;
using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.EndToEnd.CommandLine;

/// <summary>The commands about drift, asked of a mesh that serves and of a data folder.</summary>
public sealed class ReconcileCommandTests : IAsyncLifetime
{
    MeshWorld _world = null!;
    ComparingServer _server = null!;

    public async Task InitializeAsync()
    {
        _world = await StartWorldAsync();
        _server = await ComparingServer.StartAsync(_world);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task Reconcile_prints_the_plan_with_its_hash_and_changes_nothing()
    {
        var result = await RunAsync("reconcile", "t1");

        result.ExitCode.ShouldBe(0, string.Join('\n', result.Errors));
        result.Output.ShouldBe(
            [
                "reconcile: t1 dry run 1 completed accounts=10 expected=11 found=3 inFlight=0",
                "  medium   attribute           ada account 42 mail: expected 'a@example.com', found 'b@example.com' -> ask (a person decides about attribute)",
                "  medium   attribute           bob account 42 title: expected nothing, found 'Chief' -> mend",
                "  medium   status              eve account 42: expected 'active', found 'disabled' -> held (guard: status on t1: 3 of 11 > 10%)",
                "  -        -                   flo -> not compared (a run was at work for it)",
                "guard: status on t1: 3 of 11 > 10%",
                "plan: items=4 ask=1 hold=1 mend=1 skip=1",
                $"plan: {ComparingServer.PlanHash}",
                $"apply exactly this with: serverlesssync reconcile t1 --apply {ComparingServer.PlanHash}",
            ]);
        _server.Asked.ShouldBe(["plan t1 otto"]);
    }

    [Fact]
    public async Task Reconcile_of_changes_says_that_it_read_no_more()
    {
        var result = await RunAsync("reconcile", "t1", "--changes");

        result.ExitCode.ShouldBe(0, string.Join('\n', result.Errors));
        result.Output[0].ShouldStartWith("reconcile: t1 changes dry run 1 completed");
        _server.Asked.ShouldBe(["plan t1 otto changes"]);
    }

    [Fact]
    public async Task A_schedule_of_changes_is_refused_where_the_connector_does_not_tell_them()
    {
        using var folder = new AuditFolder();
        await File.WriteAllTextAsync(
            folder.Configuration, KillYaml.Text.Replace("stage: enforce,", "stage: enforce, reconcile: { schedule: \"0 3 * * *\", changes: \"*/5 * * * *\" },", StringComparison.Ordinal));

        var result = await HostProgram.RunAsync(["config", "check", folder.Configuration], new Dictionary<string, string>(), CancellationToken.None);

        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldBe([$"{folder.Configuration}: targets.warehouse.reconcile.changes: connector postgresql does not tell what changed; leave it out"]);
    }

    [Fact]
    public async Task Reconcile_prints_what_has_come_of_the_plan_it_applied()
    {
        var result = await RunAsync("reconcile", "t1", "--apply", ComparingServer.PlanHash);

        result.ExitCode.ShouldBe(0, string.Join('\n', result.Errors));
        result.Output.ShouldBe(
            [
                "reconcile: t1 run 1 completed accounts=10 expected=11 found=3 inFlight=0",
                "  medium   attribute           ada account 42 mail: expected 'a@example.com', found 'b@example.com' -> ask (a person decides about attribute), now asked (a person decides about attribute)",
                "  medium   attribute           bob account 42 title: expected nothing, found 'Chief' -> mend, now settled (mended and read back by run r7)",
                "guard: status on t1: 3 of 11 > 10%",
                "plan: items=2 ask=1 mend=1",
                "came of it: items=2 asked=1 settled=1",
                $"plan: {ComparingServer.PlanHash}",
            ]);
    }

    [Fact]
    public async Task Reconcile_pauses_the_comparison_under_way_and_lets_it_go_on()
    {
        await _server.BeginAsync("run-1", dryRun: false, CancellationToken.None);

        (await RunAsync("reconcile", "t1", "--pause")).Output.ShouldBe(["reconcile: run-1 is paused"]);
        (await _world.Stores.Reconciliations.FindLastAsync("t1", CancellationToken.None))!.PausedAt.ShouldNotBeNull();
        var again = await RunAsync("reconcile", "t1", "--pause");
        (again.ExitCode, again.Errors.Single()).ShouldBe((1, "reconcile: The comparison run-1 is paused already."));
        (await RunAsync("reconcile", "t1", "--resume")).Output.ShouldBe(["reconcile: run-1 goes on"]);
        (await _world.Stores.Reconciliations.FindLastAsync("t1", CancellationToken.None))!.PausedAt.ShouldBeNull();
        (await Trail.ReadAsync(_world.Rows, "system")).Select(e => $"{e.Content["requestedBy"]} {e.Content["asks"]} {e.Content["target"]}").ShouldBe(["otto pause t1", "otto resume t1"]);
    }

    [Fact]
    public async Task Reconcile_applies_exactly_the_plan_of_a_hash_and_no_other()
    {
        (await RunAsync("reconcile", "t1", "--apply", ComparingServer.PlanHash)).ExitCode.ShouldBe(0);
        var other = await RunAsync("reconcile", "t1", "--apply", "feed");

        other.ExitCode.ShouldBe(1);
        other.Errors.ShouldHaveSingleItem().ShouldContain("look at it again");
        _server.Asked.ShouldBe([$"apply t1 {ComparingServer.PlanHash} otto", "apply t1 feed otto"]);
    }

    [Fact]
    public async Task A_comparison_that_ended_without_comparing_is_told_with_its_reason_and_no_plan_is_offered()
    {
        _server.Outcome = ReconciliationOutcome.Abandoned;

        var result = await RunAsync("reconcile", "t1");

        result.ExitCode.ShouldBe(1);
        result.Output[0].ShouldEndWith("inFlight=0: the read ended early");
        result.Output.ShouldNotContain(line => line.StartsWith("apply", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_plan_of_which_a_line_is_damaged_is_not_offered_to_be_applied()
    {
        _server.Damages = true;

        var result = await RunAsync("reconcile", "t1");

        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldHaveSingleItem().ShouldContain("1 rows of the plan are damaged");
        result.Output.ShouldNotContain(line => line.StartsWith("apply", StringComparison.Ordinal) || line.StartsWith("plan:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_target_holds_cannot_steer_the_terminal()
    {
        _server.Found = "x\u001b[2J\r\u202Etxt\u0007";

        var line = (await RunAsync("reconcile", "t1")).Output[1];

        line.ShouldContain("found 'x\uFFFD[2J\uFFFD\uFFFDtxt\uFFFD'");
    }

    [Theory]
    [InlineData("reconcile nobody --host {0} --key env:KEY", 2, "there is no target 'nobody'")]
    [InlineData("reconcile t1 --pause --host {0} --key env:KEY", 1, "No comparison of this target is under way.")]
    [InlineData("reconcile t1 --resume --host {0} --key env:KEY", 1, "No comparison of this target is under way.")]
    [InlineData("reconcile nobody --pause --host {0} --key env:KEY", 2, "there is no target 'nobody'")]
    [InlineData("reconcile t1 --pause --host {0} --key env:VIEW", 2, "answers 403")]
    [InlineData("reconcile t1 --pause", 2, "--pause and --resume need --host")]
    [InlineData("reconcile t1 --pause --resume --host {0} --key env:KEY", 2, "give one of them")]
    [InlineData("reconcile t1 --pause --apply 5f0c --host {0} --key env:KEY", 2, "give one of them")]
    [InlineData("reconcile t1 --host {0} --key env:NONE", 2, "--key: env:NONE is not set")]
    [InlineData("reconcile t1 --host {0} --key secret", 2, "--key is expected to be env:NAME")]
    [InlineData("reconcile t1 --host {0} --key env:WRONG", 2, "answers 401")]
    [InlineData("reconcile t1 --host http://mesh.example.com --key env:KEY", 2, "--host is expected")]
    [InlineData("reconcile t1 --host http://127.0.0.1:1 --key env:KEY", 2, "cannot be asked")]
    [InlineData("reconcile t1 --changes --apply 5f0c --host {0} --key env:KEY", 2, "give one of them")]
    [InlineData("drift report --host {0} --key env:WRONG", 2, "answers 401")]
    [InlineData("drift report --data nowhere/at/all", 2, "there is no store")]
    [InlineData("drift report --format pdf", 2, "'pdf'")]
    [InlineData("reconcile t1 --config nowhere.yaml", 2, "nowhere.yaml")]
    public async Task What_cannot_be_done_is_told_in_a_line_and_by_the_exit_code(string words, int code, string says)
    {
        var filled = words.Replace("{0}", _server.Address, StringComparison.Ordinal).Split(' ');

        var result = await HostProgram.RunAsync(filled, ServedMesh.Environment, CancellationToken.None);

        result.ExitCode.ShouldBe(code);
        result.Errors.ShouldContain(line => line.Contains(says, StringComparison.Ordinal), string.Join('\n', result.Errors));
        result.Errors.ShouldNotContain(line => line.Contains(ServedMesh.Key, StringComparison.Ordinal));
        _server.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_serving_host_the_mesh_runs_for_the_time_of_the_command_on_the_data()
    {
        using var folder = new AuditFolder();

        var result = await HostProgram.RunAsync(["reconcile", "bogus", "--data", folder.Data, "--config", folder.Configuration], KillYaml.UnreachedEnvironment, CancellationToken.None);

        result.Errors.ShouldBe(["reconcile: there is no target 'bogus'"]);
        result.ExitCode.ShouldBe(2);
        File.Exists(Path.Combine(folder.Data, "mesh.db")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("json", "\"target\":\"saas\"")]
    [InlineData("csv", "\"open\",\"saas\",\"orphan\",\"high\",\"1\"")]
    [InlineData("html", "<!DOCTYPE html>")]
    public async Task Drift_report_is_the_same_from_the_data_beside_a_host_and_into_a_file(string format, string holds)
    {
        using var folder = new AuditFolder();
        Directory.CreateDirectory(folder.Data);
        await folder.OnStoresAsync(async stores =>
        {
            var item = new DriftItem { Target = "saas", AccountKey = "42", OpenedAt = default, FoundBy = "run", Findings = [new(DriftKind.Orphan, "", null, "x", default, default)] };
            await stores.Drifts.OpenAsync(item, DriftState.Asked, CancellationToken.None);
        });

        var printed = await folder.RunAsync("drift", "report", "--format", format);
        printed.ExitCode.ShouldBe(0, string.Join('\n', printed.Errors));
        string.Join('\n', printed.Output).ShouldContain(holds);

        var path = Path.Combine(folder.Data, "report." + format);
        await using var host = await folder.ServeAsync();
        (await folder.RunAsync("drift", "report", "--format", format, "--out", path)).ExitCode.ShouldBe(0);
        (await File.ReadAllTextAsync(path)).ShouldContain(holds);
    }

    [Fact]
    public async Task Drift_report_comes_from_a_serving_host_too()
    {
        await RunAsync("reconcile", "t1");
        await RunAsync("reconcile", "t1", "--apply", ComparingServer.PlanHash);

        var result = await RunAsync("drift", "report", "--format", "csv");

        result.Output.ShouldContain(line => line.StartsWith("\"open\",\"t1\",\"attribute\",\"medium\",\"1\"", StringComparison.Ordinal));
        result.Output.ShouldContain(line => line.StartsWith("\"comparison\",\"t1\",\"dryRun\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_machine_without_time_zones_is_told_what_to_install()
    {
        using var folder = new AuditFolder();
        await File.WriteAllTextAsync(
            folder.Configuration, KillYaml.Text.Replace("stage: enforce,", "stage: enforce, reconcile: { schedule: \"0 3 * * *\", timeZone: Europe/Berlin },", StringComparison.Ordinal));
        var bare = new Dictionary<string, string> { ["TZDIR"] = Path.GetTempPath() };

        (await HostProgram.RunAsync(["config", "check", folder.Configuration], new Dictionary<string, string>(), CancellationToken.None)).ExitCode.ShouldBe(0);
        var result = await HostProgram.RunAsync(["config", "check", folder.Configuration], bare, CancellationToken.None);

        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldContain(line => line.Contains("targets.saas.reconcile.timeZone: time zone 'Europe/Berlin' cannot be looked up: no time zones are installed on this machine; install the package tzdata", StringComparison.Ordinal), string.Join('\n', result.Errors));
    }

    static async Task<MeshWorld> StartWorldAsync()
    {
        var world = new MeshWorld(MeshYaml.For(1));
        await world.StartAsync();
        return world;
    }

    Task<CommandResult> RunAsync(params string[] words) => HostProgram.RunAsync([.. words, .. _server.Words], ServedMesh.Environment, CancellationToken.None);
}
