using ServerlessSync.Mesh.Storage;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Storage;

public sealed class LaneRunTests
{
    [Theory]
    [InlineData("abc", 0)]
    [InlineData("abc", 1)]
    [InlineData("abc", 10)]
    [InlineData("a.7", 0)]
    [InlineData("a.7", 3)]
    public void A_run_names_all_that_began_its_entry_before_it_the_newest_first(string identityId, int repeats) =>
        Lanes.RunsBefore(Lanes.RunId(identityId, 4, repeats)).ShouldBe(
            Enumerable.Range(0, repeats).Reverse().Select(r => Lanes.RunId(identityId, 4, r)));
}
