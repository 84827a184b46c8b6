using ServerlessSync.Connectors;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Reads the rights held at the target.</summary>
sealed class RightsPart(ComparisonWork comparison) : PagedRead<TargetGrant>(comparison, Sides.RightsFound)
{
    readonly ImageWriter _images = new(ImageSchema.Grants);

    protected override Task<Page<TargetGrant>> ReadPageAsync(string? token, CancellationToken cancellationToken) => Work.Compared.Target.Grants is { } grants
        ? Work.Compared.Target.CallAsync(t => grants.ReadGrantPageAsync(token, t), cancellationToken)
        : Task.FromResult(new Page<TargetGrant>([], null));

    protected override int Add(IReadOnlyList<TargetGrant> items, ImageBatch batch)
    {
        foreach (var grant in items)
        {
            batch.Add(_images.WriteGrant(grant.AccountKey, grant.Name));
        }

        return 0;
    }

    protected override Task EndAsync(PagePosition read, CancellationToken cancellationToken) =>
        Work.NoteAsync(run => run with { Rights = read.Items }, cancellationToken);
}
