using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

public sealed class AuditTests
{
    static readonly string Id = MeshWorld.IdOf("ada");

    [Fact]
    public async Task Every_effect_has_event_decision_intent_enforcement_and_verification_in_that_order()
    {
        await using var world = await LiveAsync();
        var trail = await Trail.ReadAsync(world.Rows, Id);
        foreach (var effect in world.Script.Effects)
        {
            string[] names = [$"{effect.Target}/{effect.Operation}" + (effect.Right is null ? string.Empty : $"/{effect.Right}"), $"{effect.Target}/revokeAll"];
            var enforced = trail.Where(e => e.Entry.Kind == AuditKind.Enforced && names.Contains((string?)e.Content["step"]) && (string?)e.Content["outcome"] == "applied").ToList();
            enforced.ShouldNotBeEmpty(effect.ToString());
            enforced.ShouldAllBe(e => IsLinked(trail, e));
        }

        trail.Count(e => e.Entry.Kind == AuditKind.EventQueued).ShouldBe(3);
    }

    [Fact]
    public async Task A_revocation_that_has_an_effect_a_second_time_is_a_second_entry()
    {
        await using var world = await MeshWorld.StartAsync(MeshYaml.For(1, "all: t1=group:All"));
        await world.CarryAsync(world.Hr("ada", 1));
        var smuggled = 0;
        world.Script.On = call =>
        {
            // Somebody signs in again between the end of the sessions and the read-back.
            if (call.Operation == "countSessions" && Interlocked.Increment(ref smuggled) == 1)
            {
                world.Targets["t1"].PutNatively("ada@example.com", world.Targets["t1"].Native["ada@example.com"] with { Sessions = 1 });
            }

            return Behaviour.Obey;
        };
        await world.CarryAsync(world.Leaver("ada", 2));

        world.Targets["t1"].Native["ada@example.com"].Sessions.ShouldBe(0);
        var effects = world.Script.Effects.Count(e => e.Operation == "revokeSessions");
        effects.ShouldBe(2);
        var trail = await Trail.ReadAsync(world.Rows, Id);
        trail.Count(e => e.Entry.Kind == AuditKind.Enforced
            && (string?)e.Content["step"] is "t1/revokeSessions" or "t1/prove" && (string?)e.Content["outcome"] == "applied").ShouldBe(effects);
    }

    [Fact]
    public async Task What_an_operator_asks_of_a_run_stands_in_the_stream_of_its_identity()
    {
        await using var world = await LiveAsync();
        var run = Lanes.RunId(Id, 1);
        await world.Mesh.Operators.RecordSignalAsync(new(run, "stop", "wrong person"), "otto", CancellationToken.None);
        await world.Mesh.Operators.RecordSignalAsync(new(run, "raiseEvent", Event: "go"), "ann", CancellationToken.None);
        await world.Mesh.Operators.RecordSignalAsync(new("nobody-000001", "stop"), "otto", CancellationToken.None);

        var acts = (await Trail.ReadAsync(world.Rows, Id)).Where(e => e.Entry.Kind == AuditKind.Operator).ToList();
        acts.Select(a => (a.Entry.Id, (string?)a.Content["requestedBy"], (string?)a.Content["reason"], (string?)a.Content["event"])).ShouldBe(
            [($"{run}:stop", "otto", "wrong person", null), ($"{run}:raiseEvent", "ann", null, "go")]);
        (await new AuditVerifier(world.Rows).VerifyAsync(CancellationToken.None)).Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("payload")]
    [InlineData("dropped")]
    [InlineData("reordered")]
    [InlineData("relinked")]
    [InlineData("cut")]
    [InlineData("headless")]
    public async Task Whatever_is_done_to_a_stream_is_found(string crime)
    {
        await using var world = await LiveAsync();
        var verifier = new AuditVerifier(world.Rows);
        (await verifier.VerifyAsync(CancellationToken.None)).Faults.ShouldBeEmpty();
        var last = (await Trail.ReadAsync(world.Rows, Id)).Count;

        await CommitAsync(world, crime, last);

        (await verifier.VerifyAsync(CancellationToken.None)).Faults.ShouldContain(f => f.Stream == Id);
    }

    [Fact]
    public async Task A_stream_whose_payloads_were_erased_still_verifies()
    {
        await using var world = await LiveAsync();
        await PutAsync(world, RowWrite.Delete(AuditChain.PayloadKey(2)), RowWrite.Delete(AuditChain.PayloadKey(5)));

        var report = await new AuditVerifier(world.Rows).VerifyAsync(CancellationToken.None);
        report.Faults.ShouldBeEmpty();
        report.Erased.ShouldBe(2);
    }

    static bool IsLinked(IReadOnlyList<TrailEntry> trail, TrailEntry enforced)
    {
        var parts = enforced.Entry.Id.Split(':');
        var at = enforced.Entry.Number;
        var step = (string?)enforced.Content["step"];
        var planned = trail.Single(e => e.Entry.Id == $"{parts[0]}:prepare");
        var decision = planned.Content["steps"]!.AsArray().Single(s => (string?)s!["name"] == step)!["decision"];
        return (string?)decision == (string?)enforced.Content["decision"]
            && planned.Entry.Number < at
            && trail.Any(e => e.Entry.Id == $"event:hr:{planned.Content["id"]}" && e.Entry.Number < planned.Entry.Number)
            && trail.Any(e => IsOf(e, parts, AuditKind.Intended) && e.Entry.Number < at)
            && trail.Any(e => IsOf(e, parts, AuditKind.Verified) && e.Entry.Number > at);
    }

    static bool IsOf(TrailEntry entry, string[] parts, AuditKind kind) =>
        entry.Entry.Kind == kind && entry.Entry.Id.StartsWith($"{parts[0]}:{parts[1]}:", StringComparison.Ordinal);

    static async Task CommitAsync(MeshWorld world, string crime, int last)
    {
        var (third, fourth) = (await EntryAsync(world, 3), await EntryAsync(world, 4));
        switch (crime)
        {
            case "changed":
                await PutAsync(world, Put(third with { Kind = AuditKind.Operator }));
                break;
            case "payload":
                await PutAsync(world, RowWrite.Put(AuditChain.PayloadKey(3), MeshJson.ToBytes(new AuditPayload("c2FsdA==", "{}"))));
                break;
            case "dropped":
                await PutAsync(world, RowWrite.Delete(AuditChain.EntryKey(3)), RowWrite.Delete(AuditChain.PayloadKey(3)));
                break;
            case "reordered":
                await PutAsync(world, RowWrite.Put(AuditChain.EntryKey(3), MeshJson.ToBytes(fourth)), RowWrite.Put(AuditChain.EntryKey(4), MeshJson.ToBytes(third)));
                break;
            case "relinked":
                var forged = third with { Previous = fourth.Previous };
                await PutAsync(world, Put(forged with { Hash = AuditChain.HashOf(forged) }));
                break;
            case "cut":
                await PutAsync(world, RowWrite.Delete(AuditChain.EntryKey(last)), RowWrite.Delete(AuditChain.PayloadKey(last)));
                break;
            default:
                await PutAsync(world, RowWrite.Delete(AuditChain.HeadKey));
                break;
        }
    }

    static RowWrite Put(AuditEntry entry) => RowWrite.Put(AuditChain.EntryKey(entry.Number), MeshJson.ToBytes(entry));

    static async Task PutAsync(MeshWorld world, params RowWrite[] writes) =>
        (await world.Rows.CommitAsync(new RowBatch(TableNames.Identities, Id, writes), CancellationToken.None)).Committed.ShouldBeTrue();

    static async Task<AuditEntry> EntryAsync(MeshWorld world, long number) => MeshJson.FromRow<AuditEntry>(
        (await world.Rows.GetAsync(new RowAddress(TableNames.Identities, Id, AuditChain.EntryKey(number)), CancellationToken.None))!);

    static async Task<MeshWorld> LiveAsync()
    {
        var world = await MeshWorld.StartAsync(MeshYaml.For(2, "all: t1=group:All, t2=role:all", "it: t1=group:IT ? department=IT", "hr: t2=role:hr ? department=HR"));
        await world.CarryAsync(world.Hr("ada", 1));
        await world.CarryAsync(world.Hr("ada", 2, "HR"));
        await world.CarryAsync(world.Leaver("ada", 3));
        return world;
    }
}
