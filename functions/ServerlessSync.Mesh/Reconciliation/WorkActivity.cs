using System.Collections.Frozen;
using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>
/// One call of one part. A comparison that ended, whose workflow was terminated, or whose place another one took, does nothing more; one that is
/// paused waits, and is given up when nobody resumes it within the time an exception has.
/// </summary>
sealed class WorkActivity(ReconcileServices services) : IActivity<PartCall, PartAnswer>
{
    public static readonly TimeSpan WhilePaused = TimeSpan.FromSeconds(30);

    static readonly FrozenDictionary<string, Func<ComparisonWork, IComparisonPart>> Parts = new Dictionary<string, Func<ComparisonWork, IComparisonPart>>
    {
        [PartNames.Clear] = comparison => new ClearPart(comparison),
        [PartNames.Connect] = comparison => new ConnectPart(comparison),
        [PartNames.TakePlace] = comparison => new TakePlacePart(comparison),
        [PartNames.ReadChanges] = comparison => new ReadingPart(comparison, new ChangesPart(comparison)),
        [PartNames.ReadAccounts] = comparison => new ReadingPart(comparison, new AccountsPart(comparison)),
        [PartNames.ReadRights] = comparison => new ReadingPart(comparison, new RightsPart(comparison)),
        [PartNames.ReadCredentials] = comparison => new ReadingPart(comparison, new CredentialsPart(comparison)),
        [PartNames.ReadRecord] = comparison => new ReadingPart(comparison, new RecordPart(comparison)),
        [PartNames.Check] = comparison => new CheckPart(comparison),
        [PartNames.CompareAccounts] = comparison => new CompareAccountsPart(comparison),
        [PartNames.CompareRights] = comparison => new CompareRightsPart(comparison),
        [PartNames.CompareCredentials] = comparison => new CompareCredentialsPart(comparison),
        [PartNames.Confirm] = comparison => new ConfirmPart(comparison),
        [PartNames.Decide] = comparison => new DecidePart(comparison),
        [PartNames.Open] = comparison => new OpenPart(comparison),
        [PartNames.Settle] = comparison => new SettlePart(comparison),
        [PartNames.Watch] = comparison => new WatchPart(comparison),
        [PartNames.Queue] = comparison => new QueuePart(comparison),
    }.ToFrozenDictionary();

    public async Task<PartAnswer> RunAsync(PartCall input, CancellationToken cancellationToken)
    {
        var run = await services.Stores.Reconciliations.FindLastAsync(input.Target, cancellationToken);
        if (run?.Run != input.Run || run.EndedAt is not null)
        {
            return PartAnswer.GiveUp("another comparison took its place");
        }

        if (!await new DeadComparisons(services).IsAliveAsync(run.Run, cancellationToken))
        {
            return PartAnswer.GiveUp(DeadComparisons.Reason);
        }

        if (run.Configuration != services.Configuration.Hash)
        {
            return PartAnswer.GiveUp("mesh.yaml changed while it was under way");
        }

        if (run.PausedAt is { } since)
        {
            return services.Stores.Clock.GetUtcNow() - since > services.Configuration.Deadlines.Exception
                ? PartAnswer.GiveUp("it was paused and not resumed in time")
                : PartAnswer.Later(WhilePaused);
        }

        try
        {
            return await Parts[input.Part](new ComparisonWork(services, run)).RunAsync(input, cancellationToken);
        }
        catch (ConnectorException e)
        {
            return e.Kind == FailureKind.Incomplete ? PartAnswer.GiveUp($"{input.Part}: {e.Message}") : PartAnswer.Failed(e);
        }
        catch (DamagedRunException e)
        {
            return PartAnswer.GiveUp(e.Message);
        }
    }
}
