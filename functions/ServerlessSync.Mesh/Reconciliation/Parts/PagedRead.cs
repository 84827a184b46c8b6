using ServerlessSync.Connectors;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Reads pages of a target into one sorted run a call. A target that notices that it cannot give its list whole, because it changed meanwhile, is
/// read anew from the first page some times.
/// </summary>
/// <param name="comparison">The comparison.</param>
/// <param name="side">What the runs are part of.</param>
abstract class PagedRead<T>(ComparisonWork comparison, string side) : IComparisonPart
{
    /// <summary>Pages of one call: what is read again, at most, after a crash.</summary>
    public const int PagesAtOnce = 100;

    static readonly TimeSpan AtMost = TimeSpan.FromSeconds(20);

    /// <summary>Before a read that the target could not give whole is begun anew: whoever is busy now may not be then.</summary>
    static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(3)];

    protected ComparisonWork Work => comparison;

    public async Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken)
    {
        var at = PartCursor.Read<PagePosition>(call.Cursor);
        try
        {
            return await ReadAsync(call, at, cancellationToken);
        }
        catch (ConnectorException e) when (e.Kind == FailureKind.Incomplete)
        {
            return at.Restarts < Waits.Length
                ? PartAnswer.BeginAnew(PartCursor.Write(new PagePosition { Restarts = at.Restarts + 1 }), Waits[at.Restarts])
                : PartAnswer.GiveUp($"{call.Part}: {e.Message}, begun {at.Restarts + 1} times");
        }
    }

    async Task<PartAnswer> ReadAsync(PartCall call, PagePosition at, CancellationToken cancellationToken)
    {
        var (until, pages, ended) = (comparison.Now + AtMost, 0, false);
        ConnectorException? failure = null;
        using var batch = new ImageBatch(ComparisonWork.BatchBytes);
        while (!ended && !batch.IsFull && pages < PagesAtOnce && comparison.Now <= until)
        {
            Page<T> page;
            try
            {
                page = await ReadPageAsync(at.Token, cancellationToken);
            }
            catch (ConnectorException e) when (pages > 0 && e.Kind != FailureKind.Incomplete)
            {
                // What was read is kept, and the attempts at this page are counted from here.
                failure = e;
                break;
            }

            var owned = Add(page.Items, batch);
            at = at with { Pages = at.Pages + 1, Items = at.Items + page.Items.Count, Owned = at.Owned + owned };
            (pages, ended) = (pages + 1, page.NextToken is null);
            if (page.NextToken is { } next)
            {
                at = at.After(next, out var fault);
                if (fault is not null)
                {
                    return PartAnswer.GiveUp(fault);
                }
            }
        }

        await comparison.WriteAsync(side, call.Number, batch, cancellationToken);
        if (!ended)
        {
            if (at.FindExcess(await ExpectedAsync(at, cancellationToken)) is { } excess)
            {
                return PartAnswer.GiveUp($"{call.Part}: {excess}");
            }

            var cursor = PartCursor.Write(at);
            return failure is null ? PartAnswer.GoOn(cursor) : PartAnswer.Failed(failure) with { Cursor = cursor };
        }

        await EndAsync(at, cancellationToken);
        return PartAnswer.Done;
    }

    /// <summary>How many accounts and rights the record expects, or the last whole comparison has read.</summary>
    async Task<long> ExpectedAsync(PagePosition at, CancellationToken cancellationToken)
    {
        var last = at.Items > PagePosition.FewItems ? await comparison.FindEarlierAsync(run => run.IsWhole, cancellationToken) : null;
        return Math.Max(comparison.Run.Expected + comparison.Run.ExpectedRights, (last?.Accounts ?? 0) + (last?.Rights ?? 0));
    }

    protected abstract Task<Page<T>> ReadPageAsync(string? token, CancellationToken cancellationToken);

    /// <summary>Adds the items to the batch; answers how many of them are ours.</summary>
    protected abstract int Add(IReadOnlyList<T> items, ImageBatch batch);

    /// <summary>Notes what the whole read came to.</summary>
    protected abstract Task EndAsync(PagePosition read, CancellationToken cancellationToken);
}
