using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using Shouldly;
using Xunit;

namespace ServerlessSync.TestKit.Conformance;

/// <summary>What registry, claims, inbox, lanes, exceptions, drift and audit must do on every row store.</summary>
public abstract partial class MeshStoresConformance : IAsyncLifetime
{
    protected FakeTimeProvider Clock { get; } = new();

    protected MeshStores Stores { get; private set; } = null!;

    protected IRowStore Rows { get; private set; } = null!;

    static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync()
    {
        Rows = await OpenAsync();
        Stores = new MeshStores(Rows, Clock);
    }

    public virtual Task DisposeAsync() => Task.CompletedTask;

    /// <summary>An empty store.</summary>
    protected abstract Task<IRowStore> OpenAsync();

    [Fact]
    public async Task An_event_is_new_once_and_stays_received_until_it_is_queued()
    {
        var change = Event("a", 1);
        (await Stores.Inbox.AcceptAsync([change], None)).ShouldBe([true]);
        (await Stores.Inbox.AcceptAsync([change with { ReceivedAt = Clock.GetUtcNow() + TimeSpan.FromDays(2) }, Event("b", 1)], None)).ShouldBe([false, true]);
        var key = Inbox.KeyOf("hr", change.Id);
        (await ReceivedAsync()).Count.ShouldBe(2);
        (await ReceivedAsync()).ShouldContain(key);

        (await Stores.Inbox.SettleAsync(key, r => r with { Status = InboxStatus.Queued }, None)).ShouldBe(InboxStatus.Queued);
        (await ReceivedAsync()).ShouldNotContain(key);
    }

    [Fact]
    public async Task What_became_of_an_event_is_never_taken_back()
    {
        await Stores.Inbox.AcceptAsync([Event("a", 1)], None);
        var key = Inbox.KeyOf("hr", "a-1");
        await Stores.Inbox.SettleAsync(key, r => r with { Status = InboxStatus.Stale }, None);
        (await Stores.Inbox.SettleAsync(key, r => r with { Status = InboxStatus.Applied }, None)).ShouldBe(InboxStatus.Stale);
        (await Stores.Inbox.SettleAsync(key, r => r with { Status = InboxStatus.Queued }, None)).ShouldBe(InboxStatus.Stale);
        (await Stores.Inbox.FindAsync(key, None))!.Status.ShouldBe(InboxStatus.Stale);
    }

    [Fact]
    public async Task An_event_enters_its_lane_once_however_often_it_is_queued()
    {
        var first = await EnqueueAsync("id1", Event("a", 1));
        var again = await EnqueueAsync("id1", Event("a", 1));
        again.ShouldBe(first);
        first.Last.ShouldBe(1);
    }

    [Fact]
    public async Task A_termination_raises_the_epoch_with_the_entry_and_nothing_else_does()
    {
        (await EnqueueAsync("id1", Event("a", 1))).Epoch.ShouldBe(0);
        (await EnqueueAsync("id1", Event("a", 2) with { Kind = ChangeKind.Terminated })).Epoch.ShouldBe(1);
        (await EnqueueAsync("id1", Event("a", 3))).Epoch.ShouldBe(1);
        (await EnqueueAsync("id1", Event("a", 2) with { Kind = ChangeKind.Terminated })).Epoch.ShouldBe(1);
    }

    [Fact]
    public async Task A_lane_names_one_run_at_a_time_in_the_order_of_the_queue()
    {
        await EnqueueAsync("id1", Event("a", 1));
        await EnqueueAsync("id1", Event("a", 2));
        var named = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Stores.Lanes.AdvanceAsync("id1", None)));
        named.Select(n => n!.Run).Distinct().ShouldBe([Lanes.RunId("id1", 1)]);

        await Stores.Lanes.CompleteAsync("id1", Lanes.RunId("id1", 1), _ => Task.CompletedTask, None);
        await Stores.Lanes.CompleteAsync("id1", Lanes.RunId("id1", 1), _ => throw new InvalidOperationException("concluded twice"), None);
        (await Stores.Lanes.AdvanceAsync("id1", None))!.Entry.Sequence.ShouldBe(2);
    }

    [Fact]
    public async Task A_lane_is_found_by_the_sweep_until_it_is_idle()
    {
        await EnqueueAsync("id1", Event("a", 1));
        (await BusyAsync()).ShouldBe(["id1"]);
        await Stores.Lanes.AdvanceAsync("id1", None);
        await Stores.Lanes.CompleteAsync("id1", Lanes.RunId("id1", 1), _ => Task.CompletedTask, None);
        (await BusyAsync()).ShouldBeEmpty();
        (await Stores.Lanes.AdvanceAsync("id1", None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_value_is_held_by_one_of_many_who_claim_it_at_once()
    {
        var holders = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => ClaimAsync("ada@example.com", $"id{n}", carried: false)));
        holders.Distinct().Count().ShouldBe(1);
        (await Stores.Claims.FindAsync(ClaimKind.UserName, "ADA@example.com", None))!.IdentityId.ShouldBe(holders[0]);
    }

    [Fact]
    public async Task A_claim_left_behind_is_free_after_its_time_and_one_the_record_carries_never()
    {
        await ClaimAsync("v", "gone", carried: false);
        (await ClaimAsync("v", "next", carried: false)).ShouldBe("gone");
        Clock.Advance(Claims.SettleAfter);
        (await ClaimAsync("v", "next", carried: true)).ShouldBe("gone");
        (await ClaimAsync("v", "next", carried: false)).ShouldBe("next");
        (await Stores.Claims.ConfirmAsync(ClaimKind.UserName, "v", "gone", None)).ShouldBeFalse();
        (await Stores.Claims.ConfirmAsync(ClaimKind.UserName, "v", "next", None)).ShouldBeTrue();
    }

    [Fact]
    public async Task An_exception_is_opened_once_listed_while_open_and_settled_once()
    {
        var now = Clock.GetUtcNow();
        var item = new ExceptionItem("run1:group-failed:x", "group-failed", "id1", "t1", "run1", "data-team", "because", now, now + TimeSpan.FromDays(7));
        (await Stores.Exceptions.OpenAsync(item, None)).ShouldBeTrue();
        (await Stores.Exceptions.OpenAsync(item with { Reason = "again" }, None)).ShouldBeFalse();
        await Stores.Exceptions.OpenAsync(item with { Id = "other", IdentityId = null }, None);
        var open = await OpenExceptionsAsync(null);
        open.Select(o => o.Item.Reason).ShouldBe(["because", "because"]);
        (await OpenExceptionsAsync(open[0].Token)).Select(o => o.Item).ShouldBe([open[1].Item]);

        (await Stores.Exceptions.SettleAsync("id1", item.Id, "mended", None)).ShouldBeTrue();
        (await Stores.Exceptions.SettleAsync("id1", item.Id, "mended", None)).ShouldBeFalse();
        (await OpenExceptionsAsync(null)).Select(o => o.Item.Id).ShouldBe(["other"]);
    }

    [Fact]
    public async Task An_exception_that_is_settled_is_opened_again_by_another_run_and_not_by_a_late_repeat_of_the_same()
    {
        var now = Clock.GetUtcNow();
        var item = new ExceptionItem("group-failed:x", "group-failed", "id1", "t1", "run1", "data-team", "because", now, now + TimeSpan.FromDays(7));
        await Stores.Exceptions.OpenAsync(item, None);
        await Stores.Exceptions.SettleAsync("id1", item.Id, "mended", None);

        (await Stores.Exceptions.OpenAsync(item, None)).ShouldBeFalse();
        (await OpenExceptionsAsync(null)).ShouldBeEmpty();
        (await Stores.Exceptions.OpenAsync(item with { Run = "run2" }, None)).ShouldBeTrue();
    }

    [Fact]
    public async Task Accounts_credentials_and_references_are_found_by_what_they_are_known_by()
    {
        await Stores.AccountKeys.AddAsync("saas", "42/x", "id1", None);
        (await Stores.AccountKeys.FindAsync("saas", "42/x", None)).ShouldBe("id1");
        (await Stores.AccountKeys.FindAsync("saas", "43", None)).ShouldBeNull();

        await EnqueueAsync("id1", Event("a", 1));
        var credential = new Credential("saas", "key-1", "f00d", CredentialStatus.Active, "ada", "data-team", Clock.GetUtcNow());
        await Stores.Registry.SaveCredentialAsync("id1", credential, AuditDraft.Of("c1", AuditKind.Operator, new { }), None);
        (await Stores.Registry.ViewAsync("id1", None))!.Credentials.ShouldBe([credential]);

        var boss = new Anchor("hr", "100");
        await Stores.References.AddAsync("manager", boss, "id2", None);
        await Stores.References.AddAsync("manager", boss, "id1", None);
        await Stores.References.RemoveAsync("manager", boss, "id2", None);
        (await ListAsync(Stores.References.ReadAsync("manager", boss, None))).ShouldBe(["id1"]);
    }

    [Fact]
    public async Task Many_writers_of_one_stream_leave_every_entry_in_one_chain()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(n => AuditAsync("id1", $"e{n}")));
        var report = await new AuditVerifier(Rows).VerifyAsync(None);
        report.Faults.ShouldBeEmpty();
        report.Entries.ShouldBe(16);
    }

    [Fact]
    public async Task Each_kind_of_tampering_with_a_stream_is_found()
    {
        foreach (var n in Enumerable.Range(0, 5))
        {
            await AuditAsync("id1", $"e{n}");
        }

        (string, Func<Task>)[] tamperings =
        [
            ("changed", () => ChangeAsync<AuditEntry>(AuditChain.EntryKey(3), e => e with { Id = "other" })),
            ("changed", () => ChangeAsync<AuditPayload>(AuditChain.PayloadKey(3), p => p with { Content = "{}" })),
            ("link", () => ChangeAsync<AuditEntry>(AuditChain.EntryKey(3), e => Rehashed(e with { Previous = "elsewhere" }))),
            ("missing", () => DropAsync(AuditChain.EntryKey(3))),
            ("missing", () => SwapAsync(AuditChain.EntryKey(2), AuditChain.EntryKey(4))),
            ("should end", () => DropAsync(AuditChain.EntryKey(5))),
        ];
        foreach (var (fault, tamper) in tamperings)
        {
            var whole = await SaveAllAsync();
            await tamper();
            (await new AuditVerifier(Rows).VerifyAsync(None)).Faults.ShouldContain(f => f.Fault.Contains(fault, StringComparison.Ordinal), fault);
            await RestoreAsync(whole);
            (await new AuditVerifier(Rows).VerifyAsync(None)).Faults.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task A_stream_verifies_with_an_erased_payload_and_says_so()
    {
        await AuditAsync("id1", "e0");
        await DropAsync(AuditChain.PayloadKey(1));
        var report = await new AuditVerifier(Rows).VerifyAsync(None);
        report.Faults.ShouldBeEmpty();
        report.Erased.ShouldBe(1);
    }

    static AuditEntry Rehashed(AuditEntry entry) => entry with { Hash = AuditChain.HashOf(entry) };

    static async Task<List<T>> ListAsync<T>(IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items)
        {
            list.Add(item);
        }

        return list;
    }

    ChangeEvent Event(string subject, long sequence) => new()
    {
        Id = $"{subject}-{sequence}",
        Source = "hr",
        Subject = subject,
        Kind = ChangeKind.Changed,
        Sequence = sequence,
        OccurredAt = Clock.GetUtcNow(),
        ReceivedAt = Clock.GetUtcNow(),
    };

    Task<Lane> EnqueueAsync(string identityId, ChangeEvent change) => Stores.Lanes.EnqueueAsync(
        identityId,
        change,
        Inbox.KeyOf(change.Source, change.Id),
        async edit =>
        {
            if (await edit.ReadAsync<IdentityRecord>("record", None) is null)
            {
                edit.Save("record", new IdentityRecord
                {
                    Id = identityId, Kind = IdentityKind.Person, Status = IdentityStatus.Pending, Anchors = [], CreatedAt = Clock.GetUtcNow(), UpdatedAt = Clock.GetUtcNow(),
                });
            }
        },
        None);

    Task<string> ClaimAsync(string value, string identityId, bool carried) =>
        Stores.Claims.ClaimAsync(ClaimKind.UserName, value, identityId, _ => Task.FromResult(carried), None);

    Task<List<InboxKey>> ReceivedAsync() => ListAsync(Stores.Inbox.ReadReceivedAsync("hr", None));

    Task<List<string>> BusyAsync() => ListAsync(Stores.Lanes.ReadBusyAsync(None));

    Task<List<(string Token, ExceptionItem Item)>> OpenExceptionsAsync(string? after) => ListAsync(Stores.Exceptions.ReadOpenAsync(after, None));

    Task<bool> AuditAsync(string identityId, string id) => Stores.Partitions.EditIdentityAsync(
        identityId,
        edit =>
        {
            edit.Audit(AuditDraft.Of(id, AuditKind.Operator, new { id }));
            return Task.FromResult(true);
        },
        None);

    async Task<Row> RowAsync(string key) => (await Rows.GetAsync(new RowAddress(TableNames.Identities, "id1", key), None))!;

    async Task WriteAsync(params RowWrite[] writes) => (await Rows.CommitAsync(new RowBatch(TableNames.Identities, "id1", writes), None)).Committed.ShouldBeTrue();

    async Task ChangeAsync<T>(string key, Func<T, T> change) => await WriteAsync(RowWrite.Put(key, MeshJson.ToBytes(change(MeshJson.FromRow<T>(await RowAsync(key))))));

    Task DropAsync(string key) => WriteAsync(RowWrite.Delete(key));

    async Task SwapAsync(string one, string other)
    {
        var (first, second) = (await RowAsync(one), await RowAsync(other));
        await WriteAsync(RowWrite.Put(one, second.Body), RowWrite.Put(other, first.Body));
    }

    Task<List<Row>> SaveAllAsync() => ListAsync(Rows.QueryAsync(TableNames.Identities, "id1", KeyRange.All, None));

    Task RestoreAsync(List<Row> rows) => WriteAsync([.. rows.Select(r => RowWrite.Put(r.Key, r.Body))]);
}
