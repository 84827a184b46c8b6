using ServerlessSync.Connectors;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Reads the rights held at the target.</summary>
sealed class RightsPart(ComparisonWork comparison) : PagedRead<HeldRight>(comparison, Sides.RightsFound)
{
    readonly ImageWriter _images = new(ImageSchema.Grants);

    protected override async Task<Page<HeldRight>> ReadPageAsync(string? token, CancellationToken cancellationToken)
    {
        if (Work.Compared.Target.Grants is null)
        {
            return new Page<HeldRight>([], null);
        }

        var page = await Work.Compared.CallAsync((accounts, t) => accounts.ReadPageAsync(token, t), cancellationToken);
        var held = new List<HeldRight>();
        foreach (var account in page.Items.Where(account => account.OwnerMark is not null))
        {
            held.AddRange((await Work.Compared.ReadRightsAsync(account.Key, cancellationToken)).Select(right => new HeldRight(account.Key, right)));
        }

        return new Page<HeldRight>(held, page.NextToken);
    }

    protected override int Add(IReadOnlyList<HeldRight> items, ImageBatch batch)
    {
        foreach (var (account, right) in items)
        {
            batch.Add(_images.WriteGrant(account, right));
        }

        return items.Count;
    }

    protected override Task EndAsync(PagePosition read, CancellationToken cancellationToken) =>
        Work.NoteAsync(run => run with { Rights = read.Items }, cancellationToken);
}

/// <summary>A right an account holds.</summary>
readonly record struct HeldRight(string AccountKey, string Right);
