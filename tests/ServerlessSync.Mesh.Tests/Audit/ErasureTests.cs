using System.Text;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Audit;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Audit;

public sealed class ErasureTests : IDisposable
{
    const string Id = "ada-id";
    const string Secret = "Lovelace";

    readonly AuditRecord _record = new(new MemoryRowStore());

    static CancellationToken None => CancellationToken.None;

    MeshStores Stores => _record.Stores;

    public void Dispose() => _record.Dispose();

    [Fact]
    public async Task What_is_known_of_a_person_who_left_is_gone_and_the_record_verifies()
    {
        await LiveAsync(IdentityStatus.Terminated);
        await _record.AddAsync("bob", 2);
        await _record.CheckpointAsync();
        (await RowsWithSecretAsync()).Count.ShouldBeGreaterThan(6);

        var result = await new Erasure(Stores).EraseAsync(Id, "dpo", "request 17", None);
        await _record.CheckpointAsync();

        result.ShouldBe(new ErasureResult(null, Payloads: 4, Events: 1));
        (await RowsWithSecretAsync()).ShouldBeEmpty();
        (await _record.VerifyAsync()).ShouldSatisfyAllConditions(
            r => r.Faults.ShouldBeEmpty(), r => r.Erased.ShouldBe(4), r => r.Unanchored.ShouldBe(0), r => r.Entries.ShouldBe(7));
    }

    [Fact]
    public async Task Who_asked_and_why_is_recorded_and_kept_by_a_second_erasure()
    {
        await LiveAsync(IdentityStatus.Terminated);
        await new Erasure(Stores).EraseAsync(Id, "dpo", "request 17", None);

        (await new Erasure(Stores).EraseAsync(Id, "dpo", "request 18", None)).ShouldBe(new ErasureResult(null, 0, 0));

        var told = new List<string>();
        await foreach (var payload in Stores.Partitions.ReadAllAsync<AuditPayload>(TableNames.Identities, Id, AuditChain.PayloadPrefix, None))
        {
            told.Add(payload.Content);
        }

        told.ShouldBe(["{\"by\":\"dpo\",\"reason\":\"request 17\"}", "{\"by\":\"dpo\",\"reason\":\"request 18\"}"]);
        (await _record.VerifyAsync()).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keys_by_which_the_person_is_known_again_and_the_targets_stay_closed_are_kept()
    {
        await LiveAsync(IdentityStatus.Terminated);
        await new Erasure(Stores).EraseAsync(Id, "dpo", "request 17", None);

        var view = (await Stores.Registry.ViewAsync(Id, None))!;
        view.Record.Anchors.ShouldBe([new Anchor("hr", "100")]);
        view.Accounts["saas"].Key.ShouldBe("42");
        (await Stores.Inbox.AcceptAsync([Event()], None)).ShouldBe([false]);
    }

    [Fact]
    public async Task Drift_found_of_a_person_who_left_tells_that_it_was_and_not_what()
    {
        await LiveAsync(IdentityStatus.Terminated);
        var mine = await DriftAsync(Id, "saas");
        await Stores.Drifts.SettleAsync(mine, $"accepted {Secret}", None);
        await DriftAsync(Id, "warehouse");
        await DriftAsync("bob", "saas");

        (await new Erasure(Stores).EraseAsync(Id, "dpo", "request 17", None)).Payloads.ShouldBe(4 + 3);

        (await Stores.Drifts.FindAsync("saas", Id, None))!.ShouldSatisfyAllConditions(
            d => d.Findings.ShouldHaveSingleItem().Kind.ShouldBe(DriftKind.Attribute), d => d.Findings[0].Found.ShouldBeNull(), d => d.State.ShouldBe(DriftState.Settled));
        (await RowsWithSecretAsync()).ShouldAllBe(row => row.Contains("drifts", StringComparison.Ordinal), "bob's alone");
        (await Stores.Drifts.FindAsync("saas", "bob", None))!.Findings[0].Found.ShouldBe(Secret);
        (await _record.VerifyAsync()).Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(IdentityStatus.Active, "is active")]
    [InlineData(IdentityStatus.Suspended, "is suspended")]
    public async Task Who_has_not_left_is_not_erased(IdentityStatus status, string why)
    {
        await LiveAsync(status);
        var before = await RowsWithSecretAsync();

        var result = await new Erasure(Stores).EraseAsync(Id, "dpo", "request 17", None);

        result.Refusal.ShouldNotBeNull().ShouldContain(why);
        (await RowsWithSecretAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Nobody_is_erased_while_an_event_waits_or_when_unknown()
    {
        await LiveAsync(IdentityStatus.Terminated);
        await Stores.Lanes.EnqueueAsync(Id, Event() with { Id = "e2" }, Inbox.KeyOf("hr", "e2"), _ => Task.CompletedTask, None);

        (await new Erasure(Stores).EraseAsync(Id, "dpo", "17", None)).Refusal.ShouldNotBeNull().ShouldContain("an event waiting");
        (await new Erasure(Stores).EraseAsync("nobody", "dpo", "17", None)).Refusal.ShouldBe("there is no identity 'nobody'");
        (await new Erasure(Stores).EraseAsync("a/b", "dpo", "17", None)).Refusal.ShouldBe("there is no identity 'a/b'");
    }

    static ChangeEvent Event() => new()
    {
        Id = "e1",
        Source = "hr",
        Subject = "100",
        Kind = ChangeKind.Changed,
        OccurredAt = default,
        ReceivedAt = default,
        Data = new Dictionary<string, string> { ["familyName"] = Secret },
    };

    Task<DriftItem> DriftAsync(string identityId, string target) => Stores.Drifts.OpenAsync(
        new DriftItem
        {
            Target = target, IdentityId = identityId, OpenedAt = default, FoundBy = "run",
            Findings = [new DriftFinding(DriftKind.Attribute, "familyName", Secret, Secret, default, default)],
        },
        DriftState.Asked,
        None);

    /// <summary>A life that leaves the name everywhere it can be: event, record, source, account, plan, step, exception and audit.</summary>
    async Task LiveAsync(IdentityStatus status)
    {
        var key = Inbox.KeyOf("hr", "e1");
        await Stores.Inbox.AcceptAsync([Event()], None);
        await Stores.Lanes.EnqueueAsync(Id, Event(), key, _ => Task.CompletedTask, None);
        var run = (await Stores.Lanes.AdvanceAsync(Id, None))!.Run;
        await Stores.Partitions.EditIdentityAsync(Id, edit => Task.FromResult(Describe(edit, run, status)), None);
        await Stores.Exceptions.OpenAsync(
            new ExceptionItem("x", "revocation-overdue", Id, "saas", run, "team", $"{Secret} cannot be revoked", default, default), None);
        await Stores.Exceptions.SettleAsync(Id, "x", "done", None);
        await Stores.Inbox.SettleAsync(key, r => r with { Status = InboxStatus.Applied, IdentityId = Id, Run = run }, None);
        await Stores.Lanes.CompleteAsync(Id, run, _ => Task.CompletedTask, None);
    }

    static bool Describe(PartitionEdit edit, string run, IdentityStatus status)
    {
        edit.Save("record", new IdentityRecord
        {
            Id = Id, Kind = IdentityKind.Person, Status = status, Anchors = [new Anchor("hr", "100")], CreatedAt = default, UpdatedAt = default,
            Attributes = new Dictionary<string, AttributeValue> { ["familyName"] = new(Secret, "hr", default) },
        });
        edit.Save("source-hr", new SourceRecord("hr", "100", 1, ChangeKind.Changed, new Dictionary<string, string> { ["familyName"] = Secret }, "e1", default));
        edit.Save("account-saas", new Account("saas", "42", "ada", AccountStatus.Disabled, new Dictionary<string, string> { ["familyName"] = Secret }, "team", default));
        edit.Save($"plan-{run}", new { plan = Secret });
        edit.Save($"step-{run}-0001", new { before = Secret });
        edit.Audit(AuditDraft.Of("said", AuditKind.Planned, Secret));
        return true;
    }

    async Task<List<string>> RowsWithSecretAsync()
    {
        var found = new List<string>();
        foreach (var table in TableNames.All)
        {
            await foreach (var row in _record.Rows.ScanAsync(table, KeyRange.All, None))
            {
                if (Encoding.UTF8.GetString(row.Body.Span).Contains(Secret, StringComparison.Ordinal))
                {
                    found.Add($"{table}/{row.Partition}/{row.Key}");
                }
            }
        }

        return found;
    }
}
