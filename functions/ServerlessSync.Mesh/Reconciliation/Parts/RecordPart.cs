using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// Reads what the record expects. Who should have an account and has none recorded is suspected at once; whose rows are damaged is left out, and
/// the rows are handed to their owner.
/// </summary>
sealed class RecordPart(ComparisonWork comparison) : IComparisonPart
{
    /// <summary>Enough that the batches are full first: every run more is held open, in part, as long as it is merged.</summary>
    const int OfOneCall = 50_000;

    static readonly TimeSpan AtMost = TimeSpan.FromSeconds(20);
    static readonly Dictionary<string, string> NoAttributes = [];

    readonly ImageWriter _accounts = new(comparison.AccountSchema);
    readonly ImageWriter _rights = new(ImageSchema.Grants);
    readonly List<Suspect> _suspects = [];
    readonly List<RowAddress> _damaged = [];
    long _expectedRights;

    public async Task<PartAnswer> RunAsync(PartCall call, CancellationToken cancellationToken)
    {
        var cursor = PartCursor.Read<Cursor>(call.Cursor);
        var (until, read, after, expected) = (comparison.Now + AtMost, 0, cursor.After, cursor.Expected);
        using ImageBatch accounts = new(ComparisonWork.BatchBytes), rights = new(ComparisonWork.BatchBytes), credentials = new(ComparisonWork.BatchBytes);
        var more = false;
        await foreach (var view in comparison.Stores.Registry.ReadAllAsync(after, _damaged.Add, cancellationToken))
        {
            if (await comparison.Compared.ExpectAsync(view, cancellationToken) is { } holding)
            {
                expected += Add(view.Record.Id, holding, accounts, rights);
                AddCredentials(view, holding, credentials);
            }

            (after, read) = (view.Record.Id, read + 1);
            more = read == OfOneCall || accounts.IsFull || rights.IsFull || credentials.IsFull || comparison.Now > until;
            if (more)
            {
                break;
            }
        }

        await comparison.WriteAsync(Sides.AccountsExpected, call.Number, accounts, cancellationToken);
        await comparison.WriteAsync(Sides.RightsExpected, call.Number, rights, cancellationToken);
        await comparison.WriteAsync(Sides.CredentialsExpected, call.Number, credentials, cancellationToken);
        await ReportAsync(cancellationToken);
        await comparison.SuspectAsync(_suspects, cancellationToken);
        if (more)
        {
            return PartAnswer.GoOn(PartCursor.Write(new Cursor { After = after, Expected = expected, Known = cursor.Known + read, Rights = cursor.Rights + _expectedRights }));
        }

        await comparison.NoteAsync(run => run with { Expected = expected, Known = cursor.Known + read, ExpectedRights = cursor.Rights + _expectedRights }, cancellationToken);
        return PartAnswer.Done;
    }

    /// <summary>The account without what nobody keeps while it is disabled.</summary>
    public static ExpectedAccount AsCompared(string identityId, string key, ExpectedHolding holding) => holding.Active
        ? new ExpectedAccount(key, holding.UserName, Active: true, identityId, holding.Attributes)
        : new ExpectedAccount(key, string.Empty, Active: false, identityId, NoAttributes);

    /// <summary>Answers how many accounts are expected to be there already.</summary>
    int Add(string identityId, ExpectedHolding holding, ImageBatch accounts, ImageBatch rights)
    {
        if (holding.Key is not { } key)
        {
            _suspects.Add(new Suspect { IdentityId = identityId });
            return 0;
        }

        accounts.Add(_accounts.Write(AsCompared(identityId, key, holding)));
        foreach (var right in holding.Rights)
        {
            rights.Add(_rights.WriteGrant(key, right));
            _expectedRights++;
        }

        return 1;
    }

    /// <summary>With its fingerprint and without: not every target tells one.</summary>
    void AddCredentials(IdentityView view, ExpectedHolding holding, ImageBatch credentials)
    {
        foreach (var credential in view.Credentials.Where(c => holding.Key is not null && c.Target == comparison.Run.Target && CredentialFinder.IsInUse(c, comparison.Now)))
        {
            credentials.Add(_rights.WriteGrant(holding.Key!, credential.Id));
            credentials.Add(_rights.WriteGrant(holding.Key!, new CredentialName(credential.Id, credential.Fingerprint).ToString()));
        }
    }

    async Task ReportAsync(CancellationToken cancellationToken)
    {
        foreach (var row in _damaged)
        {
            await comparison.Services.Damaged.ReportAsync(row, $"A row of identity '{row.Partition}' cannot be read.", cancellationToken);
            _suspects.Add(new Suspect { IdentityId = row.Partition, State = SuspectState.Unreadable });
        }
    }

    sealed record Cursor
    {
        public string? After { get; init; }

        public long Expected { get; init; }

        public long Known { get; init; }

        public long Rights { get; init; }
    }
}
