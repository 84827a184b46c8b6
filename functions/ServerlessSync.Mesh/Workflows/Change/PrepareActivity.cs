using System.Text.Json;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Authority;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.Mesh.Workflows.Intake;
using ServerlessSync.Mesh.Workflows.Targets;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>
/// Applies the event to the record, decides, plans and guards, in one commit with its audit. Repeated, it answers the plan it made first.
/// </summary>
sealed class PrepareActivity(MeshStores stores, MeshConfiguration configuration, Planner planner, TargetSet targets) : IActivity<ChangeInput, PlanOutline>
{
    /// <summary>With more, plan and ends of the steps would not fit the engine's payload limit together.</summary>
    const int MostSteps = 100;

    /// <summary>Kind of exception: the event may be newer than its source says, or older.</summary>
    public const string OrderInDoubt = "order-in-doubt";

    readonly RecordUpdate _update = new(configuration);
    readonly ManagerResolution _managers = new(stores);
    readonly Guard _guard = new(configuration);
    readonly Observer _observer = new(stores, targets);
    readonly Corrections _corrections = new(stores, configuration, targets);

    public async Task<PlanOutline> RunAsync(ChangeInput input, CancellationToken cancellationToken)
    {
        var row = await stores.Inbox.FindAsync(input.Inbox, cancellationToken)
            ?? throw Inbox.Gone(input.Inbox);
        var lane = await stores.Lanes.FindAsync(input.IdentityId, cancellationToken);
        if (lane.Run != input.Run)
        {
            // Another run has taken this one's place in the lane: it plans, and this one does nothing.
            return new PlanOutline { Superseded = true };
        }

        var run = input.Run;
        await LeftOpen.DoubtAsync(stores, input.IdentityId, run, cancellationToken);
        var seen = await ObserveAsync(input, row.Event, cancellationToken);
        var prepared = await stores.Partitions.EditIdentityAsync(
            input.IdentityId,
            edit => PrepareAsync(edit, input, row.Event, seen, cancellationToken),
            cancellationToken);
        await SettleAsync(input, run, prepared, row.Event, cancellationToken);
        return prepared.Row.Outline with { Superseded = lane.Epoch > input.Epoch };
    }

    /// <summary>
    /// Reads the targets a look names. Not again once a plan stands; and a target that does not answer holds up no lane: the run ends without it, and
    /// whoever asked for the look asks again.
    /// </summary>
    async Task<IReadOnlyList<Observation>> ObserveAsync(ChangeInput input, ChangeEvent change, CancellationToken cancellationToken) =>
        change is not { Kind: ChangeKind.Look, Observe.Count: > 0 }
            || await stores.Partitions.ReadAsync<PreparedRow>(TableNames.Identities, input.IdentityId, IdentityKeys.Plan(input.Run), cancellationToken) is not null
            ? []
            : await _observer.ReadAsync(input.IdentityId, change.Observe, cancellationToken);

    async Task<Prepared> PrepareAsync(
        PartitionEdit edit, ChangeInput input, ChangeEvent change, IReadOnlyList<Observation> seen, CancellationToken cancellationToken)
    {
        var run = input.Run;
        var key = IdentityKeys.Plan(run);
        var view = await Registry.ViewAsync(edit, cancellationToken)
            ?? throw new StoreException(StoreFailure.Corrupt, $"Identity '{input.IdentityId}' has no record.")
            {
                Row = new RowAddress(TableNames.Identities, input.IdentityId, IdentityKeys.Record),
            };
        if (await edit.ReadAsync<PreparedRow>(key, cancellationToken) is { } made)
        {
            return new Prepared(made, view.Record, view.Record);
        }

        var before = await edit.ReadAsync<SourceRecord>(IdentityKeys.Source(change.Source), cancellationToken);
        var update = _update.Apply(view.Record, before, Begun(change, before, run));
        var taken = await ClaimAsync(view.Record, update, cancellationToken);
        var recorded = taken is null ? update.Record : view.Record;
        var refusal = update.Refusal ?? taken;
        var meaning = refusal is null && !update.IsStale ? update.Class : WhatStands(recorded.Status, change.Kind, refusal is not null);
        var corrected = _corrections.Of(view with { Record = recorded }, seen);
        meaning = corrected.MeaningOf(meaning);
        var whole = await PlanAsync(corrected, meaning, run, input.Epoch, cancellationToken);
        var plan = corrected.Confine(whole);
        var guard = _guard.Check(plan, new Dictionary<string, int>());
        if (meaning != ChangeClass.Leaver && (guard.Allowed ? TooLarge(plan) : $"guard: {string.Join("; ", guard.Arithmetic)}") is { } held)
        {
            // What ends sign-in and sessions is counted and never held.
            (refusal, plan) = (refusal ?? held, plan.OnlyEnding());
        }

        var concern = ConcernOf(view, change, meaning);
        var row = new PreparedRow(plan, OutlineOf(plan, meaning), update.IsStale, refusal, concern, update.Doubt)
        {
            Observed = corrected.ObservedFor(plan, whole),
        };
        corrected.Save(edit, run);
        edit.Save(key, row);
        if (update.Said is not null && taken is null)
        {
            edit.Save(IdentityKeys.Source(change.Source), update.Said);
            edit.Save(IdentityKeys.Record, update.Record);
        }

        edit.Audit(Entry(run, change, row, guard));
        return new Prepared(row, view.Record, update.Record);
    }

    /// <summary>
    /// An event that an earlier run recorded, and that is begun anew, is not older than what is recorded: what it left open is looked for.
    /// </summary>
    ChangeEvent Begun(ChangeEvent change, SourceRecord? before, string run) =>
        before?.EventId == change.Id ? MeshSource.Look(change.Subject, change.Id, stores.Clock.GetUtcNow(), again: run) : change;

    /// <summary>What a termination cannot prove by itself, and a person must look at: nobody is known by that key, or something is out of reach.</summary>
    string? ConcernOf(IdentityView view, ChangeEvent change, ChangeClass? meaning)
    {
        if (view.Record.Status == IdentityStatus.Pending && change.Kind is ChangeKind.Terminated or ChangeKind.Suspended)
        {
            return $"{change.Source} ends '{change.Subject}', of whom nothing is known: nothing was ended";
        }

        var beyond = view.Accounts.Values.Where(a => a.Status != AccountStatus.Deleted).Select(a => a.Target)
            .Concat(view.Grants.Select(g => g.Target))
            .Where(t => configuration.Targets.GetValueOrDefault(t)?.Stage != TargetStage.Enforce)
            .Distinct()
            .ToList();
        return meaning == ChangeClass.Leaver && change.Observe.Count == 0 && beyond.Count > 0
            ? $"accounts or rights on {string.Join(", ", beyond)} are out of reach: the target is not enforced, or not in mesh.yaml any more"
            : null;
    }

    /// <summary>
    /// What an event that is not acted on calls for all the same: queued, a termination has superseded the run before it, and any event has ended
    /// that run's insisting; so what stands recorded is planned anew.
    /// </summary>
    static ChangeClass? WhatStands(IdentityStatus status, ChangeKind kind, bool refused) => status switch
    {
        IdentityStatus.Terminated when refused => ChangeClass.Leaver,
        IdentityStatus.Active when refused || kind == ChangeKind.Terminated => ChangeClass.Refresh,
        IdentityStatus.Suspended when refused || kind == ChangeKind.Terminated => ChangeClass.Suspension,
        _ => null,
    };

    async Task<string?> ClaimAsync(IdentityRecord before, RecordChange update, CancellationToken cancellationToken)
    {
        if (update.Record.Accepted(AttributeNames.UserName) is not { } userName || update.IsStale || update.Class is ChangeClass.Leaver or ChangeClass.Suspension)
        {
            return null;
        }

        // A name that is recorded already never stands in the way of what else the event says, least of all of a termination.
        if (userName != before.Accepted(AttributeNames.UserName) && SignInName.FaultOf(userName) is { } fault)
        {
            return $"userName {fault}";
        }

        var holder = await stores.Claims.ClaimAsync(
            ClaimKind.UserName,
            userName,
            update.Record.Id,
            async other => SignInName.Same(
                (await stores.Registry.FindAsync(other, cancellationToken))?.Accepted(AttributeNames.UserName), userName),
            cancellationToken);
        return holder == update.Record.Id ? null : $"userName '{userName}' belongs to identity {holder}";
    }

    async Task<Plan> PlanAsync(Corrected corrected, ChangeClass? meaning, string run, long epoch, CancellationToken cancellationToken)
    {
        var view = corrected.View;
        if (meaning is null)
        {
            return new Plan
            {
                IdentityId = view.Record.Id,
                Run = run,
                Class = ChangeClass.Refresh,
                Epoch = epoch,
                Configuration = configuration.Hash,
                Steps = [],
            };
        }

        if (ManagerResolution.NamedBy(view.Record) is { } named)
        {
            // Before the manager is looked at: whoever changes the manager from now on finds the reference.
            await stores.References.AddAsync(AttributeNames.Manager, named, view.Record.Id, cancellationToken);
        }

        return planner.Make(new PlanInput
        {
            View = view,
            Undecided = corrected.Undecided,
            Class = meaning.Value,
            Run = run,
            Epoch = epoch,
            ManagerKeys = await _managers.AccountKeysAsync(view.Record, cancellationToken),
        });
    }

    static string? TooLarge(Plan plan) => plan.Steps.Count > MostSteps ? $"the plan has {plan.Steps.Count} steps; at most {MostSteps} are applied at once" : null;

    PlanOutline OutlineOf(Plan plan, ChangeClass? meaning)
    {
        var now = stores.Clock.GetUtcNow();
        return new PlanOutline
        {
            Class = meaning,
            Steps = [.. plan.Steps.Select(s => new StepOutline(
                s.Number, s.Target, s.Operation.Phase(), s.Group, s.Operation.TakesAway(), s.Operation == StepOperation.Prove)
            {
                Opens = s.Operation is StepOperation.Create or StepOperation.Enable,
            })],
            Retries = plan.Steps.Select(s => s.Target).Distinct().ToDictionary(t => t, t => ScheduleOf(configuration.Targets[t].Retry)),
            QuietFrom = now + configuration.Deadlines.Attempt,
            Deadline = now + configuration.Deadlines.Leaver,
        };
    }

    static RetrySchedule ScheduleOf(RetryConfiguration retry) => new(retry.Attempts, retry.First, retry.Factor, retry.Longest);

    static AuditDraft Entry(string run, ChangeEvent change, PreparedRow row, GuardVerdict guard)
    {
        var kind = row.Stale ? AuditKind.EventStale : row.Refusal is null ? AuditKind.Planned : AuditKind.EventRefused;
        return new AuditDraft($"{run}:prepare", kind, JsonSerializer.SerializeToNode(
            new
            {
                change.Source,
                change.Id,
                row.Plan.Class,
                row.Plan.Configuration,
                hash = row.Plan.Hash(),
                counts = row.Plan.Counts(),
                row.Plan.PolicyVersion,
                row.Plan.Inputs,
                steps = row.Plan.Steps.Select(s => new { s.Name, s.Decision, s.Rule, s.Reason, s.Entitlement }),
                row.Plan.Denied,
                guard,
                row.Refusal,
            },
            MeshJson.Options)!);
    }

    /// <summary>What must follow the commit: claims, references and the inbox. Each may be repeated.</summary>
    async Task SettleAsync(ChangeInput input, string run, Prepared prepared, ChangeEvent of, CancellationToken cancellationToken)
    {
        var change = new EventReference(of.Source, of.Id);
        if (prepared.Row.Concern is { } concern)
        {
            await stores.Exceptions.OpenAsync(Item("out-of-reach", "out-of-reach", concern, input, run) with { Event = change }, cancellationToken);
        }

        if (prepared.Row.Doubt is { } doubt)
        {
            // Only what was not acted on is there to be replayed.
            var item = Item("order", OrderInDoubt, doubt, input, run);
            await stores.Exceptions.OpenAsync(
                prepared.Row.Stale ? item with { Event = change } : item with { Id = $"{input.IdentityId}:order:{change.Source}" }, cancellationToken);
        }

        if (prepared.Row.Refusal is { } refusal)
        {
            var kind = refusal.StartsWith("guard:", StringComparison.Ordinal) ? "guard" : "event-refused";
            await stores.Exceptions.OpenAsync(Refused(kind, refusal, input, of) with { Event = change }, cancellationToken);
            await stores.Inbox.SettleAsync(input.Inbox, r => r with { Status = InboxStatus.Refused, Run = run, Reason = refusal }, cancellationToken);
            return;
        }

        if (prepared.Row.Stale)
        {
            await stores.Inbox.SettleAsync(input.Inbox, r => r with { Status = InboxStatus.Stale, Run = run }, cancellationToken);
            return;
        }

        await SettleNamesAsync(prepared, cancellationToken);
    }

    /// <summary>What is refused of a look at one target is one matter of the identity there, however often it is tried, and holds what is found there.</summary>
    ExceptionItem Refused(string kind, string refusal, ChangeInput input, ChangeEvent of)
    {
        var item = Item("refused", kind, refusal, input, input.Run);
        return of.Observe is [var target] ? item with { Id = $"{input.IdentityId}:refused:{target}", Target = target } : item;
    }

    ExceptionItem Item(string cause, string kind, string reason, ChangeInput input, string run)
    {
        var now = stores.Clock.GetUtcNow();
        return new ExceptionItem(
            $"{run}:{cause}", kind, input.IdentityId, null, run, configuration.OwnerOf("default"), reason, now, now + configuration.Deadlines.Exception);
    }

    async Task SettleNamesAsync(Prepared prepared, CancellationToken cancellationToken)
    {
        var (oldName, newName) = (prepared.Before.Accepted(AttributeNames.UserName), prepared.After.Accepted(AttributeNames.UserName));
        if (newName is not null)
        {
            await stores.Claims.ConfirmAsync(ClaimKind.UserName, newName, prepared.After.Id, cancellationToken);
        }

        if (oldName is not null && !SignInName.Same(oldName, newName))
        {
            await stores.Claims.ReleaseAsync(ClaimKind.UserName, oldName, prepared.After.Id, cancellationToken);
        }

        var (oldManager, newManager) = (ManagerResolution.NamedBy(prepared.Before), ManagerResolution.NamedBy(prepared.After));
        if (oldManager is not null && oldManager != newManager)
        {
            await stores.References.RemoveAsync(AttributeNames.Manager, oldManager, prepared.After.Id, cancellationToken);
        }
    }

    sealed record Prepared(PreparedRow Row, IdentityRecord Before, IdentityRecord After);
}
