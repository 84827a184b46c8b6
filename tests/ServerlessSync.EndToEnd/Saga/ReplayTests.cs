using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Intake;

namespace ServerlessSync.EndToEnd.Saga;

public sealed class ReplayTests
{
    [Fact]
    public async Task A_refused_event_replayed_after_its_cause_was_mended_is_applied_once_and_written_down()
    {
        await using var world = await MeshWorld.StartAsync(Observing);
        await RefuseEveAsync(world);
        var refused = (await world.ExceptionsAsync()).ShouldHaveSingleItem();
        refused.Event.ShouldBe(new EventReference("hr", "eve-1"));
        await world.CarryAsync(Named(world.Hr("ada", 2), "countess@example.com"));

        var first = await ReplayAsync(world, refused.Id);
        await world.SettleAsync();
        var lane = await world.Stores.Lanes.FindAsync(MeshWorld.IdOf("eve"), CancellationToken.None);
        var second = await ReplayAsync(world, refused.Id);
        await world.SettleAsync();

        (first.Decision, second).ShouldBe((ReplayDecision.Taken, first));
        (await world.Stores.Lanes.FindAsync(MeshWorld.IdOf("eve"), CancellationToken.None)).ShouldBe(lane);
        (await world.ViewAsync("eve"))!.Record.ShouldSatisfyAllConditions(
            r => r.Status.ShouldBe(IdentityStatus.Active), r => r.Accepted("userName").ShouldBe("ada@example.com"));
        (await world.ExceptionsAsync()).ShouldBeEmpty();
        (await world.Stores.Exceptions.FindAsync(refused.Id, CancellationToken.None))!.Settlement.ShouldBe($"replayed by otto as hr/{first.Event!.Id}");
        (await Trail.ReadAsync(world.Rows, MeshWorld.IdOf("eve")))
            .Count(e => (string?)e.Content["asks"] == "replay" && (string?)e.Content["requestedBy"] == "otto").ShouldBe(1);
    }

    [Fact]
    public async Task Replayed_by_many_at_once_it_is_one_event()
    {
        await using var world = await MeshWorld.StartAsync(Observing);
        await RefuseEveAsync(world);
        var refused = (await world.ExceptionsAsync()).ShouldHaveSingleItem();
        await world.CarryAsync(Named(world.Hr("ada", 2), "countess@example.com"));
        var last = (await world.Stores.Lanes.FindAsync(MeshWorld.IdOf("eve"), CancellationToken.None)).Last;

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => ReplayAsync(world, refused.Id))));
        await world.SettleAsync();

        answers.Distinct().ShouldHaveSingleItem().Decision.ShouldBe(ReplayDecision.Taken);
        (await world.Stores.Lanes.FindAsync(MeshWorld.IdOf("eve"), CancellationToken.None)).Last.ShouldBe(last + 1);
        (await world.ExceptionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Replayed_before_its_cause_was_mended_it_is_refused_again_and_that_can_be_replayed_too()
    {
        await using var world = await MeshWorld.StartAsync(Observing);
        await RefuseEveAsync(world);
        var refused = (await world.ExceptionsAsync()).ShouldHaveSingleItem();

        await ReplayAsync(world, refused.Id);
        await world.SettleAsync();

        var again = (await world.ExceptionsAsync()).ShouldHaveSingleItem();
        again.Id.ShouldNotBe(refused.Id);
        await world.CarryAsync(Named(world.Hr("ada", 2), "countess@example.com"));
        await ReplayAsync(world, again.Id);
        await world.SettleAsync();
        (await world.ExceptionsAsync()).ShouldBeEmpty();
        (await world.ViewAsync("eve"))!.Record.Status.ShouldBe(IdentityStatus.Active);
    }

    [Fact]
    public async Task Replayed_after_something_newer_came_it_is_stale_and_changes_nothing()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));
        await RefuseEveAsync(world);
        var refused = (await world.ExceptionsAsync()).ShouldHaveSingleItem();
        await world.CarryAsync(world.Hr("eve", 2));
        await world.CarryAsync(world.Leaver("eve", 3));
        var effects = world.Script.Effects.Count;

        var replay = await ReplayAsync(world, refused.Id);
        await world.SettleAsync();

        var row = await world.Stores.Inbox.FindAsync(Inbox.KeyOf("hr", replay.Event!.Id), CancellationToken.None);
        row!.Status.ShouldBe(InboxStatus.Stale);
        world.Script.Effects.Count.ShouldBe(effects);
        (await world.ViewAsync("eve"))!.Record.Status.ShouldBe(IdentityStatus.Terminated);
    }

    [Fact]
    public async Task What_a_source_might_not_decide_is_applied_when_it_is_replayed_under_a_file_that_lets_it()
    {
        var yaml = MeshYaml.For(1);
        var rows = new MemoryRowStore();
        var strict = yaml with { Authority = new Dictionary<IdentityKind, AuthorityConfiguration> { [IdentityKind.Person] = Deciding(yaml, "create", "somebody-else") } };
        string id;
        await using (var before = new MeshWorld(strict, rows))
        {
            await before.StartAsync();
            await before.CarryAsync(before.Hr("ada", 1));
            id = (await before.ExceptionsAsync()).ShouldHaveSingleItem().Id;
            before.Script.Effects.ShouldBeEmpty();
        }

        await using var after = new MeshWorld(yaml, rows);
        await after.StartAsync();
        (await ReplayAsync(after, id)).Decision.ShouldBe(ReplayDecision.Taken);
        await after.SettleAsync();

        after.Targets["t1"].Native.Keys.ShouldContain("ada@example.com");
        (await after.ExceptionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_replayed_termination_supersedes_like_any_other()
    {
        var yaml = MeshYaml.For(1);
        var rows = new MemoryRowStore();
        var strict = yaml with { Authority = new Dictionary<IdentityKind, AuthorityConfiguration> { [IdentityKind.Person] = Deciding(yaml, "delete", "somebody-else") } };
        string id;
        IReadOnlyDictionary<string, TestKit.Scripted.ScriptedAccount> native;
        await using (var before = new MeshWorld(strict, rows))
        {
            await before.StartAsync();
            await before.CarryAsync(before.Hr("ada", 1));
            await before.CarryAsync(before.Leaver("ada", 2));
            native = before.Targets["t1"].Native;
            id = (await before.ExceptionsAsync()).ShouldHaveSingleItem().Id;
            native["ada@example.com"].Active.ShouldBeTrue();
        }

        await using var after = new MeshWorld(yaml, rows);
        after.Targets["t1"].PutNatively("ada@example.com", native["ada@example.com"]);
        await after.StartAsync();
        await ReplayAsync(after, id);
        await after.SettleAsync();

        after.Targets["t1"].Native["ada@example.com"].Active.ShouldBeFalse();
        (await after.ViewAsync("ada"))!.Record.Status.ShouldBe(IdentityStatus.Terminated);
    }

    [Fact]
    public async Task An_exception_nobody_knows_or_without_an_event_or_settled_otherwise_is_not_replayed()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1));
        await RefuseEveAsync(world);
        var refused = (await world.ExceptionsAsync()).ShouldHaveSingleItem();
        await world.Stores.Exceptions.SettleAsync(refused.IdentityId, refused.Id, "by hand", CancellationToken.None);
        await world.Stores.Exceptions.OpenAsync(refused with { Id = "by-hand:1", IdentityId = null, Event = null }, CancellationToken.None);

        (await ReplayAsync(world, "nobody:knows")).Decision.ShouldBe(ReplayDecision.Unknown);
        (await ReplayAsync(world, "\u0000/~\ud800")).Decision.ShouldBe(ReplayDecision.Unknown);
        (await ReplayAsync(world, "by-hand:1")).Decision.ShouldBe(ReplayDecision.NothingToReplay);
        (await ReplayAsync(world, refused.Id)).Decision.ShouldBe(ReplayDecision.Settled);
    }

    [Fact]
    public async Task Policy_decides_about_a_replay_too()
    {
        var yaml = MeshYaml.For(1);
        var strict = yaml with { Policy = yaml.Policy with { Rules = [.. yaml.Policy.Rules.Where(r => r.Name != "start")] } };
        await using var world = await MeshWorld.StartAsync(strict);
        await RefuseEveAsync(world);
        var refused = (await world.ExceptionsAsync()).ShouldHaveSingleItem();

        (await ReplayAsync(world, refused.Id)).Decision.ShouldBe(ReplayDecision.Denied);

        (await world.ExceptionsAsync()).ShouldHaveSingleItem().Id.ShouldBe(refused.Id);
    }

    // Names are the registry's own business, so nothing is asked of the target.
    static MeshConfiguration Observing
    {
        get
        {
            var yaml = MeshYaml.For(1);
            return yaml with { Targets = yaml.Targets.ToDictionary(t => t.Key, t => t.Value with { Stage = TargetStage.Observe }) };
        }
    }

    static AuthorityConfiguration Deciding(MeshConfiguration configuration, string word, string source)
    {
        var authority = configuration.Authority[IdentityKind.Person];
        return authority with { Lifecycle = new Dictionary<string, string>(authority.Lifecycle) { [word] = source } };
    }

    static ChangeEvent Named(ChangeEvent change, string userName) =>
        change with { Data = new Dictionary<string, string>(change.Data) { ["userName"] = userName } };

    /// <summary>Ada has the name before eve asks for it: two at once would be a race.</summary>
    static async Task RefuseEveAsync(MeshWorld world)
    {
        await world.CarryAsync(world.Hr("ada", 1));
        await world.CarryAsync(Named(world.Hr("eve", 1), "ada@example.com"));
    }

    static Task<ReplayAnswer> ReplayAsync(MeshWorld world, string exceptionId) =>
        world.Mesh.Operators.ReplayAsync(exceptionId, "otto", CancellationToken.None);
}
