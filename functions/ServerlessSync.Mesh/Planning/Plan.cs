using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ServerlessSync.Mesh.Policy;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Planning;

/// <summary>
/// What will be done for one identity: ordered, counted, hashed, printable. A plan is a value; it is applied as it is or not at all.
/// </summary>
public sealed record Plan
{
    /// <summary>The identity.</summary>
    public required string IdentityId { get; init; }

    /// <summary>The run that applies it.</summary>
    public required string Run { get; init; }

    /// <summary>What the event means.</summary>
    public required ChangeClass Class { get; init; }

    /// <summary>The lane's epoch the plan was made under.</summary>
    public required long Epoch { get; init; }

    /// <summary>Hash of the configuration it was made by.</summary>
    public required string Configuration { get; init; }

    /// <summary>Version of the policy that decided about the steps; empty when nothing was asked.</summary>
    public string PolicyVersion { get; init; } = string.Empty;

    /// <summary>The identity's kind and attributes as policy saw them: with rule and reason of each step enough to decide again.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The steps, in order of phase, target and name.</summary>
    public required IReadOnlyList<PlanStep> Steps { get; init; }

    /// <summary>
    /// Rights its grants found held without a decision, by the names of their steps: undone, they are taken away, although they were held before.
    /// Null where nothing was read.
    /// </summary>
    public IReadOnlyList<string>? Undecided { get; init; }

    /// <summary>What policy did not allow; no step stands for it.</summary>
    public IReadOnlyList<PolicyDecision> Denied { get; init; } = [];

    /// <summary>SHA-256 over identity, class, configuration and steps, as lower-case hex: the same work has the same hash, whichever run does it.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        new { IdentityId, Class, Configuration, Steps = Steps.Select(s => s with { Decision = string.Empty }) },
        MeshJson.Options)));

    /// <summary>The plan without everything the guard may hold: what ends sign-in and sessions stays.</summary>
    public Plan OnlyEnding() => Only(s => s.Operation is StepOperation.Disable or StepOperation.RevokeSessions or StepOperation.Prove);

    /// <summary>
    /// The part of the plan that is about these targets. A group that gives something elsewhere too stays or is left out whole, because its steps
    /// stand or fall together.
    /// </summary>
    /// <param name="targets">The targets.</param>
    /// <param name="groups">The groups that stay with what they give elsewhere.</param>
    public Plan Within(IReadOnlyCollection<string> targets, IReadOnlyCollection<string> groups)
    {
        var beyond = Steps.Where(s => !s.Operation.TakesAway() && !targets.Contains(s.Target)).Select(s => s.Group).ToHashSet();
        return Only(s => s.Operation.TakesAway()
            ? targets.Contains(s.Target)
            : groups.Contains(s.Group) || (targets.Contains(s.Target) && !beyond.Contains(s.Group)));
    }

    Plan Only(Func<PlanStep, bool> stays) => this with { Steps = [.. Steps.Where(stays).Select((s, number) => s with { Number = number })] };

    /// <summary>How many steps of each operation, by its word.</summary>
    public IReadOnlyDictionary<string, int> Counts() =>
        Steps.GroupBy(s => s.Operation.Word()).OrderBy(g => g.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count());

    /// <summary>The plan as indented JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Indented);

    /// <summary>The plan as text for people: a line a step, then what was denied.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Class.ToString().ToLowerInvariant()} {IdentityId}: {Steps.Count} steps, {Denied.Count} denied, hash {Hash()[..12]}\n");
        foreach (var step in Steps)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {step.Number,3} {step.Name}  [{step.Group}]  undo: {step.Compensation}\n");
        }

        foreach (var denied in Denied)
        {
            text.Append(CultureInfo.InvariantCulture, $"  denied by {denied.Rule}: {denied.Reason}\n");
        }

        return text.ToString();
    }

    static readonly JsonSerializerOptions Indented = new(MeshJson.Options) { WriteIndented = true };
}
