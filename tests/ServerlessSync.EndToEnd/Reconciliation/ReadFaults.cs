using System.Collections.Concurrent;
using ServerlessSync.Connectors;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>How the targets of a compared world fail to be read, never so often in a row that a comparison is given up.</summary>
static class ReadFaults
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>The first look at some of the accounts fails, from now on.</summary>
    public static Func<ScriptedCall, Behaviour> OfCalls(Random random, int people)
    {
        var doubtful = Enumerable.Range(0, people).Where(_ => random.Next(4) == 0)
            .ToDictionary(ComparedWorld.Key, _ => random.Next(2) == 0 ? FailureKind.Transient : FailureKind.Throttled);
        var failed = new ConcurrentDictionary<(string, string, string), bool>();
        return call => call.Operation is "find" or "readGrants" && doubtful.TryGetValue(call.Mark, out var kind) && failed.TryAdd((call.Target, call.Operation, call.Mark), true)
            ? Behaviour.Fail(kind, Pause)
            : Behaviour.Obey;
    }

    /// <summary>Pages of any size, in order or not, that are short, empty before the end, or fail once.</summary>
    public static void Disturb(ComparedWorld world, Random random)
    {
        foreach (var target in world.World.Targets.Values)
        {
            target.Listing.Ordered = random.Next(2) == 0;
            target.Listing.PageSize = random.Next(1, 8);
            target.Listing.On = OfPages(random.Next());
        }
    }

    static Func<ListedPage, PageFault> OfPages(int seed) => page => (new Random(seed ^ (page.Number * 7_919) ^ ((int)page.List * 104_729)).Next(8), page.Occurrence) switch
    {
        (0, 1) => PageFault.ServerError,
        (1, _) => PageFault.Scant,
        (2, _) => PageFault.Empty,
        _ => PageFault.None,
    };
}
