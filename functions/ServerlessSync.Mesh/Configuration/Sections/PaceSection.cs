using ServerlessSync.Mesh.Configuration.Reading;

namespace ServerlessSync.Mesh.Configuration.Sections;

/// <summary>Reads <c>limit</c> and <c>retry</c> of a target.</summary>
static class PaceSection
{
    const int MostParallel = 1000;
    const int MostAttempts = 100;
    const double LargestFactor = 10;

    public static LimitConfiguration ReadLimit(Node? node, Reader read)
    {
        var section = read.Open(node, "rate", "parallel");
        var defaults = new LimitConfiguration();
        return new LimitConfiguration
        {
            RatePerSecond = Units.Rate(read, section.Optional("rate")) ?? defaults.RatePerSecond,
            Parallel = read.Whole(section.Optional("parallel"), 1, MostParallel) ?? defaults.Parallel,
        };
    }

    public static RetryConfiguration ReadRetry(Node? node, Reader read)
    {
        var section = read.Open(node, "attempts", "first", "factor", "longest");
        var defaults = new RetryConfiguration();
        var retry = new RetryConfiguration
        {
            Attempts = read.Whole(section.Optional("attempts"), 1, MostAttempts) ?? defaults.Attempts,
            First = Units.Duration(read, section.Optional("first")) ?? defaults.First,
            Factor = read.Number(section.Optional("factor"), 1, LargestFactor) ?? defaults.Factor,
            Longest = Units.Duration(read, section.Optional("longest")) ?? defaults.Longest,
        };
        if (node is not null && retry.Longest < retry.First)
        {
            read.Fault(section.Optional("longest") ?? node, "the longest wait is expected to be no shorter than the first");
        }

        return retry;
    }
}
