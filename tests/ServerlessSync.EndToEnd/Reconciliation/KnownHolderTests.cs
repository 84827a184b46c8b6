using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Scripted;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>An account nobody was known for, and whose holder has come to be known: the holder is compared, and the account is nobody's no more.</summary>
public sealed class KnownHolderTests
{
    const string Stray = "stray";

    [Theory]
    [InlineData(ReconciliationMode.Changes)]
    [InlineData(ReconciliationMode.Complete)]
    public async Task Whoever_is_known_by_the_second_look_is_looked_at_in_the_same_comparison(ReconciliationMode mode)
    {
        await using var world = await ComparedAsync(OnlyReported);
        world.Target().PutNatively(Stray, Native.Unmarked);
        var marked = 0;
        world.World.Script.On = call =>
        {
            if (call is { Target: Everyone, Operation: "find", Mark: Stray } && Interlocked.Exchange(ref marked, 1) == 0)
            {
                world.Target().PutNatively(Stray, Native.Marked(Id(0)));
            }

            return Behaviour.Obey;
        };

        (await world.CompareAsync(mode: mode)).Reason.ShouldBeNull("nobody is left out");
        (await world.FoundAsync()).ShouldBe([Line(Id(0), DriftKind.Duplicate, Stray)]);
        (await world.Stores.Reconciliations.FindChangesAsync(Everyone, CancellationToken.None))!.Again.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_asked_about_an_account_of_nobody_is_settled_when_its_holder_is_known()
    {
        await using var world = await ComparedAsync(new Mesh.Configuration.ReconcileConfiguration());
        world.Target().PutNatively(Stray, Native.Marked("nobody-we-know"));
        await world.CompareAsync();
        (await world.OpenAsync()).ShouldHaveSingleItem().AccountKey.ShouldBe(Stray);

        world.Target().PutNatively(Stray, Native.Marked(Id(0)));
        await world.CompareAsync();
        var item = (await world.Stores.Drifts.FindAccountAsync(Everyone, Stray, CancellationToken.None))!;
        (item.State, item.Reason).ShouldBe((DriftState.Settled, $"the account is known as {Id(0)}'s now"));
        (await world.OpenAsync()).ShouldHaveSingleItem().IdentityId.ShouldBe(Id(0));
    }
}
