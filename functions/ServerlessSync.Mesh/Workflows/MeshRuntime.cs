using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Policy;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Change;
using ServerlessSync.Mesh.Workflows.Damage;
using ServerlessSync.Mesh.Workflows.Drifts;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.Mesh.Workflows.Intake;
using ServerlessSync.Mesh.Workflows.Targets;

namespace ServerlessSync.Mesh.Workflows;

/// <summary>
/// The mesh put together: what a host gives it, the workflows it runs on whichever engine, and the work it does beside them. A host makes it,
/// makes an engine from its <see cref="Catalog"/>, starts it with that engine and stops it before the engine.
/// </summary>
public sealed partial class MeshRuntime : IAsyncDisposable
{
    static readonly TimeSpan BetweenSweeps = TimeSpan.FromMinutes(1);
    static readonly TimeSpan AfterOverflow = TimeSpan.FromSeconds(1);

    readonly CancellationTokenSource _stopping = new();
    readonly InboxPump _pump = new();
    readonly Queueing _queueing;
    readonly EventBringer _bringer;
    readonly Sweep _sweep;
    readonly ILogger _logger;
    readonly DriftPump _driftPump;
    IDriftQueue? _driftQueue;
    IWorkflowClient? _client;
    Task _sweeping = Task.CompletedTask;

    /// <summary>Puts the mesh together.</summary>
    public MeshRuntime(MeshConfiguration configuration, MeshStores stores, TargetSet targets, IPolicy policy, ILogger<MeshRuntime> logger)
    {
        Stores = stores;
        _logger = logger;
        var starter = new LaneStarter(stores, () => _client ?? throw new InvalidOperationException("The mesh was not started."));
        _queueing = new Queueing(stores, configuration, starter);
        var damaged = new DamagedRows(stores, configuration, logger);
        _bringer = new EventBringer(_queueing, damaged, logger);
        Remediation = new DriftRemediation(stores, configuration, _bringer);
        Messages = new EventMessages(stores, configuration, _bringer);
        Operators = new OperatorRequests(stores, configuration, policy, _queueing);
        DriftDecisions = new DriftDecisions(stores, configuration, policy, () => DriftQueue);
        _driftPump = new DriftPump(configuration, stores, Remediation, logger);
        _sweep = new Sweep(stores, new LaneSweep(stores, configuration, starter), _queueing, damaged, logger)
        {
            Sources = [.. configuration.Sources.Keys, MeshSource.Name],
            Drifts = new DriftSweep(stores, configuration, Remediation, () => DriftQueue),
        };
        stores.Inbox.Recorded = _pump.Offer;

        PlanTarget[] planTargets = [.. targets.All.Select(t =>
            new PlanTarget(t.Configuration, t.Description.Attributes, t.Grants is not null, t.Sessions is not null) { ExactNames = t.Description.ExactNames })];
        var planner = new Planner(configuration, policy, planTargets);
        var work = new StepWork(stores, targets, configuration);
        var exceptions = new ReportExceptions(stores, configuration, damaged);
        Func<IActivity<TInput, TResult>> Guarded<TInput, TResult>(Func<IActivity<TInput, TResult>> make) =>
            () => new GuardedActivity<TInput, TResult>(make(), damaged);
        Catalog = new WorkflowCatalog()
            .AddWorkflow<ChangeWorkflow, ChangeInput, ChangeReport>(WorkflowNames.Change, startable: true, version: "1")
            .AddWorkflow<ChangeWorkflow, ChangeInput, ChangeReport>(WorkflowNames.Change, startable: true, version: "2")
            .AddActivity(WorkflowNames.Prepare, Guarded<ChangeInput, PlanOutline>(() => new PrepareActivity(stores, configuration, planner, targets)))
            .AddActivity(WorkflowNames.Apply, Guarded<StepInput, StepAnswer>(() => new ApplyActivity(work)))
            .AddActivity(WorkflowNames.Verify, Guarded<StepInput, VerifyAnswer>(() => new VerifyActivity(work)))
            .AddActivity(WorkflowNames.Undo, Guarded<StepInput, VerifyAnswer>(() => new UndoActivity(work)))
            .AddActivity(WorkflowNames.Look, Guarded<LookInput, LookAnswer>(() => new LookActivity(stores)))
            .AddActivity(WorkflowNames.Overdue, Guarded<FinishInput, bool>(() => new OverdueActivity(stores, exceptions)))
            .AddActivity(WorkflowNames.Finish, Guarded<FinishInput, bool>(() => new FinishActivity(stores, exceptions, new DriftConclusion(stores, configuration), starter)));
        SortedRuns = new RowSortedRunStore(stores.Partitions.Store);
        var reconcile = new ReconcileServices
        {
            Stores = stores,
            Configuration = configuration,
            Targets = targets,
            PlanTargets = planTargets,
            Policy = policy,
            Damaged = damaged,
            Runs = () => SortedRuns,
            SendAsync = (item, cancellationToken) => DriftQueue.SendAsync(DriftMessage.Of(item), cancellationToken),
            Client = () => _client ?? throw new InvalidOperationException("The mesh was not started."),
        };
        Reconciliations = new ReconciliationRequests(reconcile);
        ReconcileCatalog.AddTo(Catalog, reconcile);
    }

    /// <summary>The stores.</summary>
    public MeshStores Stores { get; }

    /// <summary>What operators may ask.</summary>
    public OperatorRequests Operators { get; }

    /// <summary>Compares targets with the record.</summary>
    public IReconciliationRequests Reconciliations { get; }

    /// <summary>Where comparisons keep what they sort; rows of the store where the host has no better place.</summary>
    public ISortedRunStore SortedRuns { get; init; }

    /// <summary>Carries out what people decide about drift.</summary>
    public IDriftDecisions DriftDecisions { get; }

    /// <summary>Takes messages in that name events.</summary>
    public EventMessages Messages { get; }

    /// <summary>Mends drift that a message names.</summary>
    public IDriftRemediation Remediation { get; }

    /// <summary>Where drift to be mended goes, once the mesh was started.</summary>
    public IDriftQueue DriftQueue => _driftQueue ?? throw new InvalidOperationException("The mesh was not started.");

    /// <summary>The workflows and activities an engine must run.</summary>
    public WorkflowCatalog Catalog { get; }

    /// <summary>Begins to work on the engine: events go into their lanes as they come.</summary>
    public void Start(IWorkflowClient client)
    {
        _client = client;
        _driftQueue = _driftPump;
        _driftPump.Start(client);
        _pump.Start(async (change, cancellationToken) =>
        {
            var brought = await _bringer.BringAsync(Inbox.KeyOf(change.Source, change.Id), cancellationToken);
            await _queueing.StepBackAsync(cancellationToken);
            return brought;
        });
    }

    /// <summary>Begins to work on the engine where events go through a queue: whichever process takes their messages brings them into their lanes.</summary>
    /// <param name="client">The engine.</param>
    /// <param name="changes">The queue; what it does not take is left to the sweep.</param>
    /// <param name="drifts">The queue of drift to be mended; likewise.</param>
    public void Start(IWorkflowClient client, IMessageSender changes, IMessageSender drifts)
    {
        _client = client;
        _driftQueue = new DriftSender(drifts, _logger);
        var sender = new EventSender(changes, _logger);
        _pump.Start(sender.SendAsync);
    }

    /// <summary>Sweeps at once, every minute, and sooner when something was left; for hosts without timers of their own.</summary>
    public void StartSweeping() =>
        _sweeping = Task.Run(() => SweepAsync(_client ?? throw new InvalidOperationException("The mesh was not started.")));

    /// <summary>One sweep now, for hosts whose sweeps are run by a timer of their own.</summary>
    public Task SweepOnceAsync(CancellationToken cancellationToken) =>
        _sweep.RunAsync(_client ?? throw new InvalidOperationException("The mesh was not started."), cancellationToken);

    /// <summary>Corrects what this process knows of the backlog; for hosts that take in events and leave the sweeps to another one.</summary>
    public Task CountBacklogAsync(CancellationToken cancellationToken) => _sweep.CountBacklogAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _sweeping;
        await _driftPump.DisposeAsync();
        await _pump.DisposeAsync();
        _stopping.Dispose();
    }

    async Task SweepAsync(IWorkflowClient client)
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                _pump.TakeOverflow();
                await SweepSafelyAsync(client);
                var waited = TimeSpan.Zero;
                while (waited < BetweenSweeps && !(waited > TimeSpan.Zero && _pump.TakeOverflow()))
                {
                    await Task.Delay(AfterOverflow, Stores.Clock, _stopping.Token);
                    waited += AfterOverflow;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    async Task SweepSafelyAsync(IWorkflowClient client)
    {
        try
        {
            await _sweep.RunAsync(client, _stopping.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogSweepFailed(_logger, e);
        }
    }

    [LoggerMessage(EventId = 1003, Level = LogLevel.Error, Message = "A sweep failed; the next one tries again")]
    static partial void LogSweepFailed(ILogger logger, Exception exception);
}
