using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Targets;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>Puts what was read of targets in the place of what is recorded.</summary>
sealed class Corrections(MeshStores stores, MeshConfiguration configuration, TargetSet targets)
{
    /// <summary>The identity as the plan is to see it; as it is recorded when nothing was read.</summary>
    public Corrected Of(IdentityView view, IReadOnlyList<Observation> seen)
    {
        var corrections = new List<Correction>();
        foreach (var read in seen.Where(s => s.IsRead))
        {
            var target = targets[read.Target];
            var managed = target.Description.Attributes.Where(target.Configuration.Attributes.Contains);
            var correction = new Correction(view, read, managed, new StepFacts(configuration.OwnerOf(read.Target), stores.Clock.GetUtcNow()) { ExactNames = target.Description.ExactNames });
            corrections.Add(correction);
            view = correction.Apply(view);
        }

        return new Corrected(configuration, view, seen, corrections);
    }
}

/// <summary>An identity with what was read of it, and what that means for its plan.</summary>
sealed class Corrected(MeshConfiguration configuration, IdentityView view, IReadOnlyList<Observation> seen, IReadOnlyList<Correction> corrections)
{
    public IdentityView View => view;

    /// <summary>Rights that are held and nobody decided.</summary>
    public IReadOnlyList<(string Target, string Right)> Undecided { get; } = [.. corrections.SelectMany(c => c.Undecided)];

    /// <summary>What the event means: somebody who has left is not ended anew where nothing of them is alive.</summary>
    public ChangeClass? MeaningOf(ChangeClass? meaning) =>
        meaning == ChangeClass.Leaver && seen.Count > 0 && !seen.Any(s => s.IsRead && s.IsAlive) ? null : meaning;

    /// <summary>The plan as far as it is about what was read; all of it when nothing was to be read.</summary>
    public Plan Confine(Plan plan)
    {
        if (seen.Count == 0)
        {
            return plan;
        }

        var differ = Undecided.Concat(corrections.SelectMany(c => c.NotHeld)).ToHashSet();
        var groups = plan.Steps.Where(s => s.Operation == StepOperation.Grant && differ.Contains((s.Target, s.Right!))).Select(s => s.Group).ToHashSet();
        var within = plan.Within([.. seen.Where(s => s.IsRead).Select(s => s.Target)], groups);
        return within with
        {
            Undecided = [.. within.Steps.Where(s => s.Operation == StepOperation.Grant && Undecided.Contains((s.Target, s.Right!))).Select(s => s.Name)],
        };
    }

    /// <summary>What is kept beside the plan; null when nothing was to be read.</summary>
    /// <param name="plan">The plan as it is carried out.</param>
    /// <param name="whole">The plan before it was confined.</param>
    public IReadOnlyList<Observed>? ObservedFor(Plan plan, Plan whole) =>
        seen.Count == 0 ? null : [.. seen.Select(s => Observed.Of(s, s.IsRead ? UnmetBy(plan, s) : null) with
        {
            LeftOut = [.. whole.Steps
                .Where(w => w.Operation == StepOperation.Grant && w.Target == s.Target && !plan.Steps.Any(p => p.Name == w.Name))
                .Select(w => w.Right!)],
        })];

    /// <summary>Writes the corrections, in an edit that has read the identity.</summary>
    public void Save(PartitionEdit edit, string run)
    {
        foreach (var correction in corrections)
        {
            correction.Save(edit, run);
        }
    }

    /// <summary>What stays different on a target when every step of the plan is done; null when nothing does.</summary>
    string? UnmetBy(Plan plan, Observation read)
    {
        var record = view.Record;
        var steps = plan.Steps.Where(s => s.Target == read.Target).ToList();
        bool Does(params StepOperation[] operations) => steps.Exists(s => operations.Contains(s.Operation));
        var wanted = record.Status == IdentityStatus.Active
            && Conditions.Hold(configuration.Targets[read.Target].Scope, name => PlanDraft.Read(record, name));
        if (wanted && plan.Denied.FirstOrDefault(d => d.Request.Target == read.Target && d.Request.Entitlement is null) is { } denied)
        {
            return $"policy does not allow {denied.Request.Operation}: {denied.Rule}: {denied.Reason}";
        }

        if (wanted && read.Account is not { Active: true } && !Does(StepOperation.Create, StepOperation.Enable))
        {
            return "an account is wanted and none is planned: no sign-in name can be made for it";
        }

        if (!wanted && read.Account is { Active: true } && !Does(StepOperation.Disable, StepOperation.Prove))
        {
            return $"sign-in is possible and the plan does not end it: the identity is {record.Status.ToString().ToLowerInvariant()}";
        }

        if (Does(StepOperation.RevokeAll, StepOperation.Prove))
        {
            return null;
        }

        return Undecided.FirstOrDefault(u => u.Target == read.Target && !steps.Exists(s => s.Right == u.Right)) is { Right: { } held }
            ? $"{held} is held and was never decided, and this plan neither takes it away nor gives it"
            : null;
    }
}
