using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Reconciliation.Real;

/// <summary>A real host process is killed while it compares a real SCIM server, and the next one goes on from the checkpoint.</summary>
public sealed class KilledComparisonTests
{
    const int PagesOfOneCall = 100;

    /// <summary>Those looked at together, whose outcome was not recorded yet; who has a second account is looked at in both.</summary>
    const int AccountsAtOnce = 2 * 8;

    static readonly int People = Sweep.Pick(300, 10_000);
    static readonly int Drifts = Sweep.Pick(20, 500);
    static readonly int OnPage = Sweep.Pick(2, 20);

    /// <summary>In the middle, and behind what one call reads.</summary>
    static readonly int PageOfDeath = Sweep.Pick(150, 280);

    static readonly int LookOfDeath = Sweep.Pick(12, 300);
    static readonly TimeSpan LongestTest = TimeSpan.FromMinutes(Sweep.Pick(10, 60));

    [Fact]
    public async Task Killed_while_it_reads_while_it_compares_and_while_it_looks_again_it_goes_on_from_its_checkpoint()
    {
        using var limit = new CancellationTokenSource(LongestTest, TimeProvider.System);
        await using var comparison = await MortalComparison.PlantAsync(People, Drifts, OnPage, limit.Token);
        var requests = comparison.Requests;
        var effects = comparison.Stage.Saas.ReadEffects().Count;
        var run = await comparison.DieReadingAsync(PageOfDeath);
        var looking = requests.HoldAsync(WatchedRequests.IsUser, LookOfDeath);
        var stage = await comparison.DieComparingAsync(run);
        var read = requests.Seen(WatchedRequests.IsPage);
        await comparison.DieHeldAsync(looking);
        var last = requests.Host + 1;
        var ended = await comparison.EndAsync(run);

        (ended.Outcome, ended.Reason, ended.Run, ended.Number).ShouldBe((ReconciliationOutcome.Completed, null, run, 1));
        (await comparison.Stage.OnStoresAsync(stores => ComparedWorld.FoundAsync(stores, RealYaml.Saas))).ShouldBe(comparison.Planting.Lines(RealYaml.Saas));
        comparison.Stage.Saas.ReadEffects().Count.ShouldBe(effects, "it was a dry run");
        var pagesAgain = read.Count - read.Select(r => r.Line).Distinct().Count();
        var looks = requests.Seen(WatchedRequests.IsUser);
        var looksAgain = looks.Where(l => l.Host == last).Select(l => l.Line).Intersect(looks.Where(l => l.Host < last).Select(l => l.Line)).Count();
        Progress.Show(FormattableString.Invariant(
            $"reconciliation of {People} accounts in scimmy, kill -9 at page {PageOfDeath} of {read.Count - pagesAgain}: {pagesAgain} pages read again; at {stage}: none; at look {LookOfDeath} of {looks.Count}: {looksAgain} accounts looked at again"));
        pagesAgain.ShouldBeInRange(1, PagesOfOneCall);
        requests.Seen(WatchedRequests.IsPage).Count.ShouldBe(read.Count, "who died after reading reads nothing again");
        looksAgain.ShouldBeInRange(1, AccountsAtOnce);
    }
}
