using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Workflows.Targets;

namespace ServerlessSync.Mesh.Workflows.Change;

/// <summary>One step on its target: what stands there before, the effect, the read-back and the undoing. Each reads before it writes.</summary>
/// <param name="target">The target.</param>
/// <param name="step">The step.</param>
/// <param name="mark">Our ownership mark: the identity's id.</param>
/// <param name="key">The account's key as recorded, or null when none is.</param>
/// <param name="idempotencyKey">The same for every attempt.</param>
sealed class StepEffect(Target target, PlanStep step, string mark, string? key, string idempotencyKey)
{
    readonly WriteContext _context = new(idempotencyKey);

    IAccountConnector Accounts => target.Accounts
        ?? throw new ConnectorException(target.Name, FailureKind.Rejected, $"{target.Name} has no accounts to manage");

    IGrantConnector Grants => target.Grants
        ?? throw new ConnectorException(target.Name, FailureKind.Rejected, $"{target.Name} gives no rights");

    /// <summary>Key of the account that was read last, or null when there was none.</summary>
    public string? LastFound { get; private set; }

    public async Task<BeforeImage> ReadBeforeAsync(CancellationToken cancellationToken)
    {
        var account = await FindAsync(cancellationToken);
        var rights = account is null || target.Grants is null || step.Operation is StepOperation.Create or StepOperation.Enable or StepOperation.Update
            ? null
            : await ReadRightsAsync(account.Key, cancellationToken);
        return new BeforeImage(account, step.Right is null ? null : rights?.Contains(step.Right) == true, step.Right is null ? rights : null);
    }

    public async Task<EffectResult> ApplyAsync(CancellationToken cancellationToken)
    {
        switch (step.Operation)
        {
            case StepOperation.Create:
                return await CreateAsync(cancellationToken);
            case StepOperation.Prove:
                return await ProveAsync(cancellationToken);
            case StepOperation.RevokeAll:
                var taken = await RevokeEveryAsync(await RequireAsync(cancellationToken), cancellationToken);
                return new EffectResult(taken.Count == 0 ? WriteOutcome.AlreadyInPlace : WriteOutcome.Applied, null, Listed("took", taken));
            default:
                return Of(await WriteAsync(await RequireAsync(cancellationToken), cancellationToken));
        }
    }

    /// <summary>Reads back; null when the target is as the step asked, else what is there instead.</summary>
    public async Task<string?> FindMismatchAsync(CancellationToken cancellationToken)
    {
        var account = await FindAsync(cancellationToken);
        return step.Operation switch
        {
            StepOperation.Create => account is null ? "the account is absent" : !account.Active ? "the account is disabled" : OtherName(account) ?? Differences(account),
            StepOperation.Enable => account is { Active: true } ? null : "the account is not active",
            StepOperation.Update => account is null ? "the account is absent" : Differences(account),
            StepOperation.Disable => account is { Active: true } ? "the account is active" : null,
            StepOperation.RevokeSessions => account is null ? null : await CountSessionsAsync(account.Key, cancellationToken),
            StepOperation.Grant => await HoldsAsync(account, cancellationToken) ? null : $"{step.Right} is not held",
            StepOperation.Revoke => await HoldsAsync(account, cancellationToken) ? $"{step.Right} is held" : null,
            StepOperation.RevokeAll => account is null ? null : Listed("still holds", await ReadRightsAsync(account.Key, cancellationToken)),
            StepOperation.Prove => account is null ? null : await FindLifeAsync(account, cancellationToken),
            _ => throw new InvalidOperationException($"unknown operation {step.Operation}"),
        };
    }

    /// <summary>Brings back what the before-image shows, by reading first; answers what was done.</summary>
    public async Task<string> UndoAsync(BeforeImage before, CancellationToken cancellationToken)
    {
        var account = await FindAsync(cancellationToken);
        if (account is null)
        {
            return before.Account is null ? "the account is absent, as before" : "the account is absent and cannot be brought back";
        }

        var reference = new AccountReference(account.Key, mark);
        switch (step.Operation)
        {
            case StepOperation.Create when before.Account is null:
                return Done("deleted the account", await target.CallAsync(t => Accounts.DeleteAsync(reference, _context, t), cancellationToken));
            case StepOperation.Create or StepOperation.Enable when before.Account is { Active: false }:
                return Done("disabled the account", await target.CallAsync(t => Accounts.SetActiveAsync(reference, false, _context, t), cancellationToken));
            case StepOperation.Update when before.Account is not null:
                var delta = new AccountDelta(account.Key, mark, step.Attributes!.Keys.ToDictionary(n => n, n => Read(before.Account, n)));
                return Done("wrote the attributes back", await target.CallAsync(t => Accounts.UpdateAsync(delta, _context, t), cancellationToken));
            case StepOperation.Grant when before.Held != true:
                return Done($"revoked {step.Right}", await target.CallAsync(t => Grants.RevokeAsync(reference, step.Right!, _context, t), cancellationToken));
            default:
                return "nothing to undo: it was so before";
        }
    }

    /// <summary>Reads back after an undo; null when the target is as before.</summary>
    public async Task<string?> FindUndoMismatchAsync(BeforeImage before, CancellationToken cancellationToken)
    {
        var account = await FindAsync(cancellationToken);
        return step.Operation switch
        {
            StepOperation.Create when before.Account is null => account is null ? null : "the account is still there",
            StepOperation.Create or StepOperation.Enable when before.Account is { Active: false } => account is { Active: true } ? "the account is still active" : null,
            StepOperation.Update when before.Account is not null && account is not null => Listed(
                "differs in",
                [.. step.Attributes!.Keys.Where(n => account.Attributes.GetValueOrDefault(n) != before.Account.Attributes.GetValueOrDefault(n))]),
            StepOperation.Grant when before.Held != true => await HoldsAsync(account, cancellationToken) ? $"{step.Right} is still held" : null,
            _ => null,
        };
    }

    async Task<TargetAccount?> FindAsync(CancellationToken cancellationToken)
    {
        var account = key is null
            ? await target.CallAsync(t => Accounts.FindByMarkAsync(mark, t), cancellationToken)
            : await target.CallAsync(t => Accounts.FindByKeyAsync(key, t), cancellationToken);
        LastFound = account?.Key;
        return account;
    }

    async Task<AccountReference> RequireAsync(CancellationToken cancellationToken)
    {
        var known = key ?? (await FindAsync(cancellationToken))?.Key;
        return known is not null
            ? new AccountReference(known, mark)
            : throw new ConnectorException(target.Name, FailureKind.NotFound, $"{target.Name} has no account for this identity");
    }

    async Task<WriteResult> WriteAsync(AccountReference account, CancellationToken cancellationToken) => await target.CallAsync(
        t => step.Operation switch
        {
            StepOperation.Disable => Accounts.SetActiveAsync(account, false, _context, t),
            StepOperation.Enable => Accounts.SetActiveAsync(account, true, _context, t),
            StepOperation.Update => Accounts.UpdateAsync(new AccountDelta(account.Key, mark, step.Attributes!), _context, t),
            StepOperation.Grant => Grants.GrantAsync(account, step.Right!, _context, t),
            StepOperation.Revoke => Grants.RevokeAsync(account, step.Right!, _context, t),
            StepOperation.RevokeSessions => target.Sessions!.RevokeSessionsAsync(account, _context, t),
            _ => throw new InvalidOperationException($"{step.Operation} is no single write"),
        },
        cancellationToken);

    async Task<EffectResult> CreateAsync(CancellationToken cancellationToken)
    {
        var attributes = step.Attributes!.Where(a => a.Value is not null).ToDictionary(a => a.Key, a => a.Value!);
        var created = await target.CallAsync(t => Accounts.CreateAsync(new AccountCreation(mark, step.UserName!, attributes), _context, t), cancellationToken);
        if (created.Outcome == WriteOutcome.AlreadyInPlace && created.Key is not null)
        {
            // Ours, from an attempt whose answer was lost or from an earlier life: brought to what is asked now.
            var account = new AccountReference(created.Key, mark);
            await target.CallAsync(t => Accounts.UpdateAsync(new AccountDelta(created.Key, mark, step.Attributes!), _context, t), cancellationToken);
            await target.CallAsync(t => Accounts.SetActiveAsync(account, true, _context, t), cancellationToken);
        }

        return Of(created);
    }

    async Task<EffectResult> ProveAsync(CancellationToken cancellationToken)
    {
        // By the mark, not by the recorded key: an account made by an older run's late effect is in no record.
        if (await target.CallAsync(t => Accounts.FindByMarkAsync(mark, t), cancellationToken) is not { } account)
        {
            return new EffectResult(WriteOutcome.AlreadyInPlace, null, "no account");
        }

        var reference = new AccountReference(account.Key, mark);
        var ended = new List<string>();
        if (account.Active)
        {
            await target.CallAsync(t => Accounts.SetActiveAsync(reference, false, _context, t), cancellationToken);
            ended.Add("sign-in");
        }

        if (target.Sessions is { } sessions
            && (await target.CallAsync(t => sessions.RevokeSessionsAsync(reference, _context, t), cancellationToken)).Outcome == WriteOutcome.Applied)
        {
            ended.Add("sessions");
        }

        ended.AddRange(await RevokeEveryAsync(reference, cancellationToken));
        return new EffectResult(ended.Count == 0 ? WriteOutcome.AlreadyInPlace : WriteOutcome.Applied, account.Key, Listed("found alive and ended", ended));
    }

    async Task<List<string>> RevokeEveryAsync(AccountReference account, CancellationToken cancellationToken)
    {
        var taken = new List<string>();
        foreach (var right in target.Grants is null ? [] : await ReadRightsAsync(account.Key, cancellationToken))
        {
            await target.CallAsync(t => Grants.RevokeAsync(account, right, _context, t), cancellationToken);
            taken.Add(right);
        }

        return taken;
    }

    Task<IReadOnlyList<string>> ReadRightsAsync(string accountKey, CancellationToken cancellationToken) =>
        target.CallAsync(t => Grants.ReadGrantsAsync(accountKey, t), cancellationToken);

    async Task<bool> HoldsAsync(TargetAccount? account, CancellationToken cancellationToken) =>
        account is not null && (await ReadRightsAsync(account.Key, cancellationToken)).Contains(step.Right!);

    async Task<string?> CountSessionsAsync(string accountKey, CancellationToken cancellationToken) =>
        await target.CallAsync(t => target.Sessions!.CountSessionsAsync(accountKey, t), cancellationToken) is var open and > 0
            ? $"{open} sessions are open"
            : null;

    async Task<string?> FindLifeAsync(TargetAccount account, CancellationToken cancellationToken)
    {
        if (account.Active)
        {
            return "the account is active";
        }

        var rights = target.Grants is null ? null : Listed("still holds", await ReadRightsAsync(account.Key, cancellationToken));
        return rights ?? (target.Sessions is null ? null : await CountSessionsAsync(account.Key, cancellationToken));
    }

    string? OtherName(TargetAccount account) => SignInName.Same(account.UserName, step.UserName, target.Description.ExactNames)
        ? null
        : "our account stands there under another name";

    string? Differences(TargetAccount account)
    {
        if (account.OwnerMark != mark)
        {
            return "the account does not carry our mark";
        }

        var different = step.Attributes!.Where(a => !IsThere(account, a.Key, a.Value)).Select(a => a.Key).ToList();
        return Listed("differs in", different);
    }

    bool IsThere(TargetAccount account, string attribute, string? value) => attribute == AttributeNames.UserName
        ? SignInName.Same(account.UserName, value, target.Description.ExactNames)
        : account.Attributes.GetValueOrDefault(attribute) == value;

    static string? Read(TargetAccount account, string attribute) =>
        attribute == AttributeNames.UserName ? account.UserName : account.Attributes.GetValueOrDefault(attribute);

    static string? Listed(string words, IReadOnlyCollection<string> items) => items.Count == 0 ? null : $"{words} {string.Join(", ", items)}";

    static EffectResult Of(WriteResult result) => new(result.Outcome, result.Key, result.Reason);

    static string Done(string what, WriteResult result) => result.Outcome switch
    {
        WriteOutcome.Applied => what,
        WriteOutcome.AlreadyInPlace => "it was as before already",
        _ => throw new ConnectorException(string.Empty, FailureKind.Rejected, $"could not undo: {result.Reason}"),
    };
}
