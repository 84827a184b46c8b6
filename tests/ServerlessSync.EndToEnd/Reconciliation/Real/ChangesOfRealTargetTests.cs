using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ServerlessSync.EndToEnd.Kill;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.EndToEnd.Reconciliation.Real;

/// <summary>Comparisons by a real host of what changed in a real SCIM server, every request of which is counted.</summary>
public sealed class ChangesOfRealTargetTests
{
    const string Rename = "Somebody Else";

    static readonly int People = Sweep.Pick(500, 5_000);
    static readonly TimeSpan LongestTest = TimeSpan.FromMinutes(Sweep.Pick(10, 60));
    static readonly TimeSpan OrderlyStop = TimeSpan.FromSeconds(60);

    [Fact]
    [SuppressMessage("Security", "CA5394", Justification = "A seed must give the same run again.")]
    public async Task What_others_changed_is_found_by_a_small_part_of_the_requests_that_reading_everything_takes()
    {
        using var limit = new CancellationTokenSource(LongestTest, TimeProvider.System);
        var (employees, requests) = (Employee.Many(People), 0);
        await using var stage = await RealStage.StartAsync(employees, onPage: 10, limit.Token);
        await using var proxy = new FaultyProxy(stage.Saas.Port, seed: 1) { OnRequest = Pass };
        stage.SaasPort = proxy.Port;
        await stage.RecordAsync(employees, limit.Token);
        await using var host = await stage.StartHostAsync(limit.Token);
        using var client = HostApi.ClientOf(host);
        var api = new ComparisonApi(client);

        var complete = await CompareAsync(ReconciliationMode.Complete);
        complete.Run.Accounts.ShouldBe(People);

        // Nobody was written within the minutes that the service's clock may be off, but for those who are from here on.
        using var users = new ScimDrift(stage.Saas);
        var here = employees.Where(e => !e.Left).ToArray();
        (await CompareAsync(ReconciliationMode.Changes)).Run.Accounts.ShouldBe(0);
        new Random(Sweep.Seed(1)).Shuffle(here);
        await users.DisableAsync(here[0].UserName, limit.Token);
        await users.SetAttributeAsync(here[1].UserName, "displayName", Rename, limit.Token);
        await users.RemoveMarkAsync(here[2].UserName, limit.Token);
        await users.AddForeignAsync("shadow@example.com", limit.Token);
        await users.AddMarkedAsync("twin@example.com", here[3].Id, limit.Token);
        var left = employees.First(e => e.Left);
        await users.EnableAsync(left.UserName, limit.Token);

        // As a plan first: what is mended meanwhile asks the target, too.
        var plan = await CompareAsync(ReconciliationMode.Changes, dryRun: true);
        var changes = await CompareAsync(ReconciliationMode.Changes);
        changes.Run.Found.Values.Sum().ShouldBe(6, string.Join(", ", changes.Run.Found));
        changes.Run.PlanHash.ShouldBe(plan.Run.PlanHash);
        await api.MendedAsync(RealYaml.Saas, limit.Token);
        var standing = await NativeListing.ReadAsync(stage.Saas, limit.Token);
        standing[here[0].UserName].ShouldContain("active=True");
        standing[here[1].UserName].ShouldNotContain(Rename);
        standing[left.UserName].ShouldContain("active=False");
        standing.Keys.ShouldContain("shadow@example.com");

        var after = await CompareAsync(ReconciliationMode.Changes);
        after.Run.Found.Keys.Except([DriftKind.Unowned, DriftKind.Duplicate]).ShouldBeEmpty("what waits for a person may be told again, and nothing else is found");
        Progress.Show(string.Create(
            CultureInfo.InvariantCulture,
            $"changes of {People} accounts in scimmy: complete {complete.Requests} requests, 6 changes {plan.Requests}, none but those just mended {after.Requests}"));
        plan.Requests.ShouldBeLessThan(complete.Requests / 3);
        after.Requests.ShouldBeLessThan(complete.Requests / 10);
        await host.StopAsync(OrderlyStop);
        host.ExitCode.ShouldBe(0, host.RecentOutput);

        Task Pass(string line)
        {
            Interlocked.Increment(ref requests);
            return Task.CompletedTask;
        }

        async Task<(ReconciliationRun Run, int Requests)> CompareAsync(ReconciliationMode mode, bool dryRun = false)
        {
            Interlocked.Exchange(ref requests, 0);
            var (run, _) = await api.EndAsync(RealYaml.Saas, await api.StartAsync(RealYaml.Saas, dryRun, mode, limit.Token), limit.Token);
            (run.Outcome, run.Reason, run.Mode).ShouldBe((ReconciliationOutcome.Completed, null, mode));
            return (run, Volatile.Read(ref requests));
        }
    }
}
