using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Scripted;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>What a comparison did not look at, it neither settles nor takes from what is open.</summary>
public sealed class NotLookedAtTests
{
    const int Left = 3;
    const string Twin = "twin";

    [Fact]
    public async Task A_second_account_of_a_leaver_stays_open_when_changes_tell_of_the_first_alone()
    {
        await using var world = await WithLiveTwinAsync();
        world.Change(Left, a => a with { Active = true });
        (await world.CompareChangesAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        await world.SettleAsync();
        (world.Target().Native[Key(Left)].Active, world.Target().Native[Twin].Active).ShouldBe((false, true));
        var item = (await world.OpenAsync()).ShouldHaveSingleItem();
        (item.State, item.Owner is null, item.Due is null).ShouldBe((DriftState.Asked, false, false));
        Lines(item).ShouldContain(Line(Id(Left), DriftKind.Duplicate, Twin));
        Lines(item).ShouldContain(Line(Id(Left), DriftKind.ExpiredButAlive, Twin));
    }

    [Theory]
    [InlineData(ReconciliationMode.Changes)]
    [InlineData(ReconciliationMode.Complete)]
    public async Task A_credential_stays_open_in_a_comparison_that_reads_none(ReconciliationMode mode)
    {
        await using var world = await ComparedAsync(new ReconcileConfiguration());
        world.Change(0, a => a with { Credentials = [CredentialOf(0, "key-1")] });
        await world.CompareAsync();
        var asked = (await world.OpenAsync()).ShouldHaveSingleItem();
        asked.State.ShouldBe(DriftState.Asked);

        world.Target().Listing.CredentialFailure = FailureKind.Unauthorised;
        world.Change(0, a => a.Set("title", "Chief"));
        (await world.CompareAsync(mode: mode)).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        await world.SettleAsync();
        world.Target().Native[Key(0)].Attributes.GetValueOrDefault("title").ShouldNotBe("Chief");
        var item = (await world.OpenAsync()).ShouldHaveSingleItem();
        (item.State, item.Opening).ShouldBe((DriftState.Asked, asked.Opening));
        item.Findings.ShouldContain(asked.Findings.ShouldHaveSingleItem(), "as it was last seen");
    }

    [Fact]
    public async Task What_a_person_ignores_is_opened_by_no_comparison_that_looks_at_less()
    {
        var asked = new ReconcileConfiguration { Actions = Enum.GetValues<DriftKind>().ToDictionary(kind => kind, _ => DriftAction.Ask) };
        await using var world = await ComparedAsync(asked);
        world.Change(0, a => a.Set("title", "Chief") with { Credentials = [CredentialOf(0, "key-1")] });
        world.Target().PutNatively(Twin, Native.Marked(Id(0)));
        await world.CompareAsync();
        var item = (await world.OpenAsync()).ShouldHaveSingleItem();
        item.Findings.Count.ShouldBe(3);
        var ignore = new DriftDecisionRequest(Everyone, Id(0), null, 1, DriftDecision.Ignore, "ops", Findings: item.Fingerprint);
        (await world.World.Mesh.DriftDecisions.DecideAsync(ignore, CancellationToken.None)).Outcome.ShouldBe(DriftDecisionOutcome.Taken);

        world.Change(0, a => a);
        await world.CompareChangesAsync();
        (await world.OpenAsync()).ShouldBeEmpty();
        await world.CompareAsync();
        (await world.OpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_credential_that_was_listed_again_is_not_settled_because_its_account_could_not_be_shown()
    {
        await using var world = await ComparedAsync(new ReconcileConfiguration());
        var retired = new Credential(Everyone, "key-2", "f1", CredentialStatus.Retired, "owner", "owner", null);
        await world.Stores.Registry.SaveCredentialAsync(Id(0), retired, AuditDraft.Of("test", AuditKind.Operator, new { }), CancellationToken.None);
        world.Change(0, a => a with { Credentials = [CredentialOf(0, "key-2")] });
        await world.CompareAsync();
        Lines((await world.OpenAsync()).ShouldHaveSingleItem()).ShouldBe([Line(Id(0), DriftKind.StaleCredential, "key-2")]);

        Refuse(world, Key(0), times: 1);
        (await world.CompareAsync()).Reason.ShouldBe("1 could not be read");
        (await world.OpenAsync()).ShouldHaveSingleItem().Opening.ShouldBe(1);
    }

    [Fact]
    public async Task That_a_leaver_is_alive_stays_told_while_nobody_could_look_and_by_the_day_it_was_told_first()
    {
        await using var world = await WithLiveTwinAsync();
        var told = (await world.World.ExceptionsAsync()).ShouldHaveSingleItem();
        told.Kind.ShouldBe("leaver-alive");

        Refuse(world, Key(Left), times: 1);
        (await world.CompareAsync()).Reason.ShouldBe("1 could not be read");
        (await world.World.ExceptionsAsync()).ShouldHaveSingleItem().ShouldBe(told);
        await world.CompareAsync();
        (await world.World.ExceptionsAsync()).ShouldHaveSingleItem().ShouldBe(told);

        world.Target().RemoveNatively(Twin);
        await world.CompareAsync();
        (await world.World.ExceptionsAsync()).ShouldBeEmpty();
    }

    /// <summary>Who has left can sign in to a second account, which a person is asked about.</summary>
    static async Task<ComparedWorld> WithLiveTwinAsync()
    {
        var world = new ComparedWorld();
        await world.HireAsync(6);
        await world.World.CarryAsync(world.World.Leaver(Name(Left), 2));
        await world.World.EndRunsAsync();
        world.Target().PutNatively(Twin, Native.Marked(Id(Left)));
        await world.CompareAsync();
        (await world.OpenAsync()).ShouldHaveSingleItem().State.ShouldBe(DriftState.Asked);
        return world;
    }

    /// <summary>The target will not show an account so many times.</summary>
    static void Refuse(ComparedWorld world, string key, int times)
    {
        var asked = 0;
        world.World.Script.On = call => call is { Target: Everyone, Operation: "find" } && call.Mark == key && Interlocked.Increment(ref asked) <= times
            ? Behaviour.Fail(FailureKind.Rejected)
            : Behaviour.Obey;
    }

    static TargetCredential CredentialOf(int person, string id) => new(Key(person), id, "f1", null);

    static IEnumerable<string> Lines(DriftItem item) => item.Findings.Select(f => Line(item.IdentityId!, f.Kind, f.Subject));
}
