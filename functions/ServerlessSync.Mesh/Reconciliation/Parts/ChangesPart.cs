using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Reads the accounts that changed since the place that is followed, and suspects whoever they are of. The place moves on when the comparison came
/// through, so one that did not leaves the same changes to the next. A target that cannot tell them ends it: that nothing was told is not that
/// nothing differs.
/// </summary>
sealed class ChangesPart(ComparisonWork comparison) : IComparisonPart
{
    const int PagesAtOnce = 100;

    /// <summary>Pages that are not too many, however few accounts there are.</summary>
    const long FewPages = 1_000;

    static readonly TimeSpan AtMost = TimeSpan.FromSeconds(20);

    readonly ChangedAccounts _changed = new(comparison);

    /// <summary>As many as there are accounts: a complete comparison reads less.</summary>
    long MostPages => Math.Max(FewPages, comparison.Run.Expected);

    public async Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken)
    {
        if (comparison.Compared.Target.Changes is not { } feed)
        {
            return PartAnswer.GiveUp("its connector does not tell what changed");
        }

        var followed = await comparison.Stores.Reconciliations.FindChangesAsync(call.Target, cancellationToken);
        var position = call.Cursor is null ? await BeginAsync(followed, cancellationToken) : PartCursor.Read<PagePosition>(call.Cursor);
        if (position is not { Token: { } token } at)
        {
            return PartAnswer.GiveUp(followed?.Lost ?? "there is no place to follow changes from: a complete comparison must come through first");
        }

        var (until, read) = (comparison.Now + AtMost, 0);
        var suspects = new List<Suspect>();
        while (read++ < PagesAtOnce && comparison.Now <= until)
        {
            ChangePage page;
            try
            {
                page = await comparison.Compared.Target.CallAsync(t => feed.ReadChangesAsync(token, t), cancellationToken);
            }
            catch (ConnectorException e) when (read > 1 && e.Kind != FailureKind.Incomplete)
            {
                // What was read is kept, and the attempts at this page are counted from here.
                await comparison.SuspectAsync(suspects, cancellationToken);
                return PartAnswer.Failed(e) with { Cursor = PartCursor.Write(at) };
            }

            if (page.ReadEverything is not null || at.Pages >= MostPages)
            {
                return await LoseAsync(page.ReadEverything ?? $"it tells changes without end, {at.Pages} pages so far", cancellationToken);
            }

            suspects.AddRange(await _changed.FindSuspectsAsync(page.Items, cancellationToken));
            at = at with { Pages = at.Pages + 1, Items = at.Items + page.Items.Count, Owned = at.Owned + page.Items.Count(a => a.OwnerMark is not null) };
            token = page.Cursor!;
            if (!page.More)
            {
                await comparison.SuspectAsync(suspects, cancellationToken);
                return await EndAsync(at, token, cancellationToken);
            }

            at = at.After(token, out var fault);
            if (fault is not null)
            {
                return PartAnswer.GiveUp(fault);
            }
        }

        await comparison.SuspectAsync(suspects, cancellationToken);
        return PartAnswer.GoOn(PartCursor.Write(at));
    }

    /// <summary>Suspects whoever was left for this comparison; answers where to begin, or null.</summary>
    async Task<PagePosition?> BeginAsync(FollowedChanges? followed, CancellationToken cancellationToken)
    {
        if (followed?.Cursor is not { } cursor)
        {
            return null;
        }

        // The guard goes by what the record expects, counted last by the complete comparison.
        await comparison.NoteAsync(run => run with { Expected = followed.Expected }, cancellationToken);
        await comparison.SuspectAsync(followed.Again, cancellationToken);
        return new PagePosition { Token = cursor };
    }

    async Task<PartAnswer> EndAsync(PagePosition read, string cursor, CancellationToken cancellationToken)
    {
        if (cursor.Length > PagePosition.LongestToken)
        {
            return PartAnswer.GiveUp($"the target gave a page token of {cursor.Length} characters");
        }

        await comparison.NoteAsync(run => run with { Accounts = read.Items, Owned = read.Owned }, cancellationToken);
        comparison.Place = comparison.Run.DryRun ? null : new TakenPlace(comparison.Run.Run, cursor);
        return PartAnswer.Done;
    }

    async Task<PartAnswer> LoseAsync(string reason, CancellationToken cancellationToken)
    {
        var answer = PartAnswer.GiveUp($"the target cannot tell what changed: {reason}");
        await FollowAsync(followed => FollowedChanges.Without(answer.Abandoned!, followed), cancellationToken);
        return answer;
    }

    /// <summary>The place of the attempt that ended first stays: whoever changed behind it was not looked at again.</summary>
    Task FollowAsync(Func<FollowedChanges?, FollowedChanges> change, CancellationToken cancellationToken) => comparison.Run.DryRun
        ? Task.CompletedTask
        : comparison.Stores.Reconciliations.FollowAsync(
            comparison.Run.Target, comparison.Run.Run, followed => followed?.Taken?.Run == comparison.Run.Run ? followed : change(followed), cancellationToken);
}
