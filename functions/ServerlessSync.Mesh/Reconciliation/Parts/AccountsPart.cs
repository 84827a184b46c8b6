using ServerlessSync.Connectors;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Reads the accounts of the target.</summary>
sealed class AccountsPart(ComparisonWork comparison) : PagedRead<TargetAccount>(comparison, Sides.AccountsFound)
{
    static readonly Dictionary<string, string> NoAttributes = [];

    readonly ImageWriter _images = new(comparison.AccountSchema);

    /// <summary>The account without what nobody keeps while it is disabled: neither name nor attributes of it are compared.</summary>
    public static TargetAccount AsCompared(TargetAccount account) =>
        account.Active ? account : account with { UserName = string.Empty, Attributes = NoAttributes };

    protected override Task<Page<TargetAccount>> ReadPageAsync(string? token, CancellationToken cancellationToken) =>
        Work.Compared.CallAsync((accounts, t) => accounts.ReadPageAsync(token, t), cancellationToken);

    protected override int Add(IReadOnlyList<TargetAccount> items, ImageBatch batch)
    {
        foreach (var account in items)
        {
            batch.Add(_images.Write(AsCompared(account)));
        }

        return items.Count(account => account.OwnerMark is not null);
    }

    protected override Task EndAsync(PagePosition read, CancellationToken cancellationToken) =>
        Work.NoteAsync(run => run with { Accounts = read.Items, Owned = read.Owned }, cancellationToken);
}
