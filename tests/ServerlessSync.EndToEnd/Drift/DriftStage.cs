using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Messaging;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Drift;

/// <summary>How a test plants drift behind the mesh's back, reports it as a comparison would, and has it mended.</summary>
static class DriftStage
{
    public const string Ada = "ada@example.com";

    /// <summary>Two targets, the second for IT alone; a right for everybody on both, one for IT on the first.</summary>
    public static MeshConfiguration Configuration { get; } = Narrow(MeshYaml.For(
        2, "all: t1=group:All, t2=role:all", "it: t1=group:IT ? department=IT", "root: t1=group:Root ? department=IT ! high"));

    /// <summary>Changes an account as somebody else would.</summary>
    public static void Tamper(this MeshWorld world, string target, string key, Func<ScriptedAccount, ScriptedAccount> change) =>
        world.Targets[target].PutNatively(key, change(world.Targets[target].Native[key]));

    /// <summary>Forgets a recorded right as a fault of ours would.</summary>
    public static Task ForgetGrantAsync(this MeshWorld world, string employee, string target, string right) =>
        world.Seen.Partitions.EditIdentityAsync(
            MeshWorld.IdOf(employee),
            async edit =>
            {
                var key = $"grant-{KeyText.Encode(target)}-{KeyText.Encode(right)}";
                (await edit.HasAsync(key, CancellationToken.None)).ShouldBeTrue();
                edit.Delete(key);
                return true;
            },
            CancellationToken.None);

    /// <summary>Records a drift as a comparison does that found and confirmed it.</summary>
    public static Task<DriftItem> FindDriftAsync(
        this MeshWorld world, string employee, DriftKind kind, string subject = "", string target = "t1", DriftState state = DriftState.Queued, string? found = null)
    {
        var now = world.Clock.GetUtcNow();
        return world.Seen.Drifts.OpenAsync(
            new DriftItem
            {
                Target = target,
                IdentityId = MeshWorld.IdOf(employee),
                AccountKey = $"{employee}@example.com",
                Findings = [new DriftFinding(kind, subject, null, found, now, now)],
                OpenedAt = now,
                FoundBy = "reconcile-1",
            },
            state,
            CancellationToken.None);
    }

    public static async Task<DriftItem> DriftAsync(this MeshWorld world, string employee = "ada", string target = "t1") =>
        (await world.Seen.Drifts.FindAsync(target, MeshWorld.IdOf(employee), CancellationToken.None)).ShouldNotBeNull();

    /// <summary>Hands over the message of an item and carries through what it begins.</summary>
    public static async Task MendAsync(this MeshWorld world, DriftItem item)
    {
        (await world.Mesh.Remediation.RemediateAsync(DriftMessage.Of(item), CancellationToken.None)).ShouldBeNull();
        await world.SettleAsync();
    }

    /// <summary>Sweeps, carries through and moves the clock until the item is queued no more.</summary>
    public static async Task<DriftItem> MendToTheEndAsync(this MeshWorld world, string employee = "ada", string target = "t1", CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            await world.SettleAsync(limit.Token);
            var item = await world.DriftAsync(employee, target);
            if (item.State != DriftState.Queued)
            {
                return item;
            }

            limit.Token.ThrowIfCancellationRequested();
            if (item.NotBefore is { } due && due > world.Clock.GetUtcNow())
            {
                world.Clock.Advance(due - world.Clock.GetUtcNow());
            }

            await world.Mesh.Remediation.RemediateAsync(DriftMessage.Of(item), limit.Token);
        }
    }

    /// <summary>What was done on the targets since, in order.</summary>
    public static IReadOnlyList<string> Since(this MeshWorld world, int effects) =>
        [.. world.Script.Effects.Skip(effects).Select(e => $"{e.Target} {e.Operation} {e.Right}".TrimEnd())];

    /// <summary>Two targets for everybody, and one rule more than that whatever is asked for is given.</summary>
    public static MeshConfiguration WithRule(string rule) => new HrYaml
    {
        Targets = Enumerable.Range(1, 2).Select(n => FormattableString.Invariant(
            $"t{n}: {{ connector: scim, url: \"https://t{n}.example/scim\", credential: env:T, scope: {{ kind: person }}, stage: enforce, limit: {{ rate: 10000/s, parallel: 8 }}, attributes: [displayName, department, manager, title] }}")),
        Rules = [rule, HrYaml.GiveAll],
    }.Load();

    /// <summary>Nothing is open or queued any more, the drift was settled once, and the audit is whole and tells nothing twice.</summary>
    public static async Task CheckSettledOnceAsync(this MeshWorld world, string shown)
    {
        await world.EndRunsAsync();
        (await world.ExceptionsAsync()).ShouldBeEmpty(shown);
        (await new AuditVerifier(world.Rows).VerifyAsync(CancellationToken.None)).Faults.ShouldBeEmpty(shown);
        (await Trail.ReadAsync(world.Rows, MeshWorld.IdOf("ada"))).Select(e => e.Entry.Id).ShouldBeUnique(shown);
        (await world.Seen.Drifts.ReadQueuedAsync("t1", CancellationToken.None).ToListAsync()).ShouldBeEmpty(shown);
        var settled = 0;
        await foreach (var row in world.Rows.ScanAsync(TableNames.Drifts, KeyRange.All, CancellationToken.None))
        {
            settled += row.Key.StartsWith(AuditChain.EntryPrefix, StringComparison.Ordinal) && MeshJson.FromRow<AuditEntry>(row).Kind == AuditKind.DriftSettled ? 1 : 0;
        }

        settled.ShouldBe(1, shown);
    }

    static MeshConfiguration Narrow(MeshConfiguration configuration) => configuration with
    {
        Targets = configuration.Targets.ToDictionary(t => t.Key, t => t.Key == "t2"
            ? t.Value with { Scope = new Dictionary<string, IReadOnlyList<string>> { ["department"] = ["IT"] } }
            : t.Value),
    };
}
