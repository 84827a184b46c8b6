using ServerlessSync.Mesh.Configuration;

namespace ServerlessSync.Mesh.Planning;

/// <summary>What the guard says of a plan.</summary>
/// <param name="Allowed">Whether it may be applied.</param>
/// <param name="Arithmetic">How that was reckoned, a line a limit that was passed.</param>
public sealed record GuardVerdict(bool Allowed, IReadOnlyList<string> Arithmetic);

/// <summary>
/// The blast-radius check: decided before the first write, per operation and target. Ending sign-in and sessions is counted and never held back:
/// one termination always gets through.
/// </summary>
public sealed class Guard(MeshConfiguration configuration)
{
    /// <summary>Checks what a plan would do.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="population">Accounts recorded by target; a target that is not named counts as empty.</param>
    public GuardVerdict Check(Plan plan, IReadOnlyDictionary<string, int> population)
    {
        var passed = new List<string>();
        foreach (var group in plan.Steps
            .Where(s => s.Operation is not (StepOperation.Disable or StepOperation.RevokeSessions or StepOperation.Prove))
            .GroupBy(s => (s.Target, Word: s.Operation.Word())))
        {
            var limit = configuration.Guards.GetValueOrDefault(group.Key.Word) ?? configuration.Guards["default"];
            if (FindPassed($"{group.Key.Word} on {group.Key.Target}", group.Count(), population.GetValueOrDefault(group.Key.Target), limit) is { } line)
            {
                passed.Add(line);
            }
        }

        return new GuardVerdict(passed.Count == 0, passed);
    }

    /// <summary>The arithmetic of plans and comparisons alike: null while the limit holds, else the line that shows how it was passed.</summary>
    /// <param name="what">What is counted, for people.</param>
    /// <param name="count">How many accounts or steps it would touch.</param>
    /// <param name="population">Accounts of the target; 0 when not known, and only the number is looked at.</param>
    /// <param name="limit">The limit. One alone never passes the share.</param>
    public static string? FindPassed(string what, int count, int population, GuardConfiguration limit)
    {
        if (count > limit.Count)
        {
            return FormattableString.Invariant($"{what}: {count} > {limit.Count}");
        }

        return population > 0 && population >= limit.MinimumPopulation && count > 1 && count * 100.0 / population > limit.Percent
            ? FormattableString.Invariant($"{what}: {count} of {population} > {limit.Percent}%")
            : null;
    }
}
