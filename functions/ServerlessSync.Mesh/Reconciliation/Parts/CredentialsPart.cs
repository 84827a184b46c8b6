using ServerlessSync.Connectors;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Reads the credentials of the target, where it tells them. Where it will not let us list them nothing is known of them, and the rest is compared all
/// the same.
/// </summary>
sealed class CredentialsPart(ComparisonWork comparison) : PagedRead<TargetCredential>(comparison, Sides.CredentialsFound)
{
    readonly ImageWriter _images = new(ImageSchema.Grants);
    bool _told = true;

    protected override async Task<Page<TargetCredential>> ReadPageAsync(string? token, CancellationToken cancellationToken)
    {
        var target = Work.Compared.Target;
        _told = target.Credentials is not null;
        try
        {
            return target.Credentials is { } credentials
                ? await target.CallAsync(t => credentials.ReadCredentialPageAsync(token, t), cancellationToken)
                : new Page<TargetCredential>([], null);
        }
        catch (ConnectorException e) when (e.Kind == FailureKind.Unauthorised)
        {
            _told = false;
            return new Page<TargetCredential>([], null);
        }
    }

    protected override int Add(IReadOnlyList<TargetCredential> items, ImageBatch batch)
    {
        foreach (var credential in items.Where(c => c.ExpiresAt is null || c.ExpiresAt > Work.Now))
        {
            batch.Add(_images.WriteGrant(credential.AccountKey, new CredentialName(credential.Id, credential.Fingerprint).ToString()));
        }

        return 0;
    }

    protected override Task EndAsync(PagePosition read, CancellationToken cancellationToken) =>
        Work.NoteAsync(run => run with { CredentialsRead = _told }, cancellationToken);
}
