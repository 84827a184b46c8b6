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
            var count = group.Count();
            var accounts = population.GetValueOrDefault(group.Key.Target);
            if (count > limit.Count)
            {
                passed.Add($"{group.Key.Word} on {group.Key.Target}: {count} > {limit.Count}");
            }
            else if (accounts > 0 && accounts >= limit.MinimumPopulation && count > 1 && count * 100.0 / accounts > limit.Percent)
            {
                passed.Add(FormattableString.Invariant($"{group.Key.Word} on {group.Key.Target}: {count} of {accounts} > {limit.Percent}%"));
            }
        }

        return new GuardVerdict(passed.Count == 0, passed);
    }
}
