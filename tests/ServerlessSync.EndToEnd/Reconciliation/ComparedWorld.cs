using System.Text.Json;
using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Crash;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>People with accounts and rights on target t1, everybody in scope, and on t2, for IT and Finance alone; and comparisons of t1 or t2.</summary>
sealed class ComparedWorld : IAsyncDisposable
{
    public const string Everyone = "t1";
    public const string Some = "t2";

    const string RunPrefix = "compare-";
    const int HiredAtOnce = 500;

    /// <summary>Whatever is found is shown, and nothing is done about it.</summary>
    public static ReconcileConfiguration OnlyReported { get; } = new() { Actions = Enum.GetValues<DriftKind>().ToDictionary(kind => kind, _ => DriftAction.Report) };

    static readonly MeshConfiguration Base = MeshYaml.For(
        2, "all: t1=group:All", "finance: t1=group:Finance, t2=role:fin ? department=Finance", "it: t1=group:IT ? department=IT", "secret: t1=group:Secret ? department=IT ! high");

    readonly Dictionary<string, PagedTarget> _paged = [];
    int _comparisons;

    public ComparedWorld(
        ReconcileConfiguration? reconcile = null,
        Stand? stand = null,
        Disruption? disruption = null,
        TargetStage stage = TargetStage.Enforce,
        TimeSpan? attemptLimit = null)
    {
        var configuration = Base with
        {
            Targets = Base.Targets.ToDictionary(t => t.Key, t => t.Value with
            {
                Stage = stage,
                Reconcile = reconcile ?? new ReconcileConfiguration(),
                Scope = t.Key == Some ? new Dictionary<string, IReadOnlyList<string>> { ["department"] = ["IT", "Finance"] } : t.Value.Scope,
            }),
        };
        World = new MeshWorld(configuration, stand?.Rows, stand?.History, disruption: disruption)
        {
            Reached = Reach, AttemptLimit = attemptLimit ?? TimeSpan.FromSeconds(30),
        };
    }

    public MeshWorld World { get; }

    public MeshStores Stores => World.Seen;

    public PagedTarget Paged(string target) => _paged[target];

    public ScriptedConnector Target(string target = Everyone) => World.Targets[target];

    /// <summary>Hires so many people, every third in Finance, every third in IT, every third in Sales.</summary>
    public async Task HireAsync(int people)
    {
        await World.StartAsync();
        string[] departments = ["Finance", "IT", "Sales"];
        foreach (var some in Enumerable.Range(0, people).Chunk(HiredAtOnce))
        {
            await World.CarryAsync([.. some.Select(n => World.Hr(Name(n), 1, departments[n % 3]))]);
        }

        await World.EndRunsAsync();
    }

    /// <summary>A world of so many people that was compared whole once.</summary>
    public static async Task<ComparedWorld> ComparedAsync(ReconcileConfiguration reconcile, int people = 9)
    {
        var world = new ComparedWorld(reconcile);
        await world.HireAsync(people);
        (await world.CompareAsync()).Outcome.ShouldBe(ReconciliationOutcome.Completed);
        return world;
    }

    public static string Name(int number) => FormattableString.Invariant($"e{number:d3}");

    public static string Id(int number) => MeshWorld.IdOf(Name(number));

    public static string Key(int number) => Name(number) + "@example.com";

    /// <summary>Changes an account as an administrator of the target would.</summary>
    public void Change(int person, Func<ScriptedAccount, ScriptedAccount> change, string target = Everyone) =>
        Target(target).ChangeNatively(Key(person), change);

    /// <summary>Compares a target, moving the clock over every wait.</summary>
    public async Task<ReconcileReport> CompareAsync(
        string target = Everyone, bool dryRun = false, string? hash = null, ReconciliationMode mode = ReconciliationMode.Complete, CancellationToken cancellationToken = default)
    {
        var run = await BeginAsync(target, dryRun, hash, mode: mode);
        return await EndAsync(run, cancellationToken);
    }

    /// <summary>Compares what changed in a target.</summary>
    public Task<ReconcileReport> CompareChangesAsync(string target = Everyone, bool dryRun = false) => CompareAsync(target, dryRun, mode: ReconciliationMode.Changes);

    public async Task<string> BeginAsync(
        string target = Everyone, bool dryRun = false, string? hash = null, string? run = null, ReconciliationMode mode = ReconciliationMode.Complete)
    {
        run ??= FormattableString.Invariant($"{RunPrefix}{target}-{++_comparisons}");
        var input = WorkflowPayload.From(new ReconcileInput(target, dryRun, "test", hash) { Mode = mode });
        await World.Client.ScheduleNewOrchestrationInstanceAsync(WorkflowNames.Reconcile, input, run, CancellationToken.None);
        return run;
    }

    public async Task<ReconcileReport> EndAsync(string run, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(Sweep.Pick(3, 60)));
        var waiting = World.Client.WaitForInstanceCompletionAsync(run, limit.Token);
        while (!waiting.IsCompleted)
        {
            await MendAsync(limit.Token);
            await Task.WhenAny(waiting, World.Clock.WaitForTimerAsync(TimeSpan.FromDays(2), limit.Token));
            limit.Token.ThrowIfCancellationRequested();

            // What was queued while it was waited for is mended before the clock moves, however far it moves.
            await MendAsync(limit.Token);
            if (!waiting.IsCompleted && World.Clock.NextTimer is { } next && next < World.Clock.GetUtcNow() + TimeSpan.FromDays(2))
            {
                World.Clock.Advance(next - World.Clock.GetUtcNow());
            }
        }

        await limit.CancelAsync();
        var ended = await waiting;
        ended.Status.ShouldBe(WorkflowStatus.Completed, ended.Failure?.ErrorMessage);
        return JsonSerializer.Deserialize<ReconcileReport>(ended.Output!, MeshJson.Options)!;
    }

    /// <summary>Whether what is queued is mended to its end before the clock moves on: a comparison waits for that by the clock, and runs take the machine's time.</summary>
    public bool Mends { get; set; } = true;

    /// <summary>Carries what is queued, and what has begun, to its end.</summary>
    public async Task SettleAsync()
    {
        await MendAsync(CancellationToken.None);
        await World.SettleAsync();
    }

    async Task MendAsync(CancellationToken cancellationToken)
    {
        var queued = Mends ? (await OpenAsync(Everyone)).Concat(await OpenAsync(Some)).Where(item => item.State == DriftState.Queued).ToList() : [];
        if (queued.Count == 0)
        {
            return;
        }

        // Settling moves the clock, by which a comparison that goes on would wait in vain while a slow machine mends.
        var held = await HoldComparisonsAsync(cancellationToken);
        foreach (var item in queued)
        {
            await World.Mesh.Remediation.RemediateAsync(DriftMessage.Of(item), cancellationToken);
        }

        await World.SettleAsync(cancellationToken);
        foreach (var run in held)
        {
            await World.Client.ResumeInstanceAsync(run, "mended", cancellationToken);
        }
    }

    /// <summary>Suspends every workflow of comparisons that goes on, and what they began meanwhile; answers their ids.</summary>
    async Task<IReadOnlyCollection<string>> HoldComparisonsAsync(CancellationToken cancellationToken)
    {
        var held = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var page = await World.History.ListAsync(new WorkflowInstanceQuery { PageSize = 1000, InstanceIdPrefix = RunPrefix }, cancellationToken);
            var going = page.Instances.Where(i => !i.HasEnded && !held.Contains(i.InstanceId)).Select(i => i.InstanceId).ToList();
            if (going.Count == 0)
            {
                return held;
            }

            foreach (var run in going)
            {
                held.Add(run);
                await World.Client.SuspendInstanceAsync(run, "mending", cancellationToken);
            }
        }
    }

    /// <summary>The newest comparison.</summary>
    public async Task<ReconciliationRun> LastAsync(string target = Everyone) => (await Stores.Reconciliations.FindLastAsync(target, CancellationToken.None))!;

    /// <summary>What the newest comparison confirmed: identity or account, kind, subject.</summary>
    public Task<IReadOnlyList<string>> FoundAsync(string target = Everyone) => FoundAsync(Stores, target);

    /// <summary>The same from any stores.</summary>
    public static async Task<IReadOnlyList<string>> FoundAsync(MeshStores stores, string target)
    {
        var found = new List<string>();
        var number = (await stores.Reconciliations.FindLastAsync(target, CancellationToken.None))!.Number;
        await foreach (var (_, suspect) in stores.Suspects.ReadAsync(target, number, null, CancellationToken.None))
        {
            found.AddRange(suspect.Findings.Select(f => Line(suspect.IdentityId ?? suspect.AccountKeys[0], f.Kind, f.Subject)));
        }

        return [.. found.Order(StringComparer.Ordinal)];
    }

    public static string Line(string subject, DriftKind kind, string about = "") => $"{subject} {kind} {about}".TrimEnd();

    /// <summary>The open items of a target.</summary>
    public async Task<IReadOnlyList<DriftItem>> OpenAsync(string target = Everyone)
    {
        var open = new List<DriftItem>();
        await foreach (var (_, item) in Stores.Drifts.ReadOpenAsync(target, null, CancellationToken.None))
        {
            open.Add(item);
        }

        return open;
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();

    PagedTarget Reach(ScriptedConnector connector)
    {
        var name = connector.Describe().Id;
        if (!_paged.TryGetValue(name, out var paged))
        {
            _paged.Add(name, paged = new PagedTarget(connector));
        }

        return paged;
    }
}
