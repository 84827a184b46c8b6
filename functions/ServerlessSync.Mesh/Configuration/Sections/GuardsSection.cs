using ServerlessSync.Mesh.Configuration.Reading;
using ServerlessSync.Mesh.Policy;

namespace ServerlessSync.Mesh.Configuration.Sections;

/// <summary>Reads <c>guards</c>: blast-radius limits by operation; <c>default</c> must be there.</summary>
static class GuardsSection
{
    const string Default = "default";
    const double WholePopulation = 100;

    public static IReadOnlyDictionary<string, GuardConfiguration> Read(Node? node, Reader read)
    {
        var guards = new Dictionary<string, GuardConfiguration>();
        var section = read.Open(node, [Default, .. PolicyInputs.Operations]);
        section.Require(Default, "the limit of operations that have none of their own: percent, count, minimumPopulation");
        foreach (var operation in (IEnumerable<string>)[Default, .. PolicyInputs.Operations])
        {
            if (section.Optional(operation) is { } guard)
            {
                guards[operation] = ReadOne(guard, read);
            }
        }

        return guards;
    }

    /// <summary>Reads one limit.</summary>
    public static GuardConfiguration ReadOne(Node node, Reader read)
    {
        var section = read.Open(node, "percent", "count", "minimumPopulation");
        return new GuardConfiguration(
            read.Number(section.Require("percent", "the largest share of a target's accounts"), 0, WholePopulation) ?? 0,
            read.Whole(section.Require("count", "the largest number"), 0, int.MaxValue) ?? 0,
            read.Whole(section.Require("minimumPopulation", "the number of accounts below which only count is looked at"), 0, int.MaxValue) ?? 0);
    }
}
