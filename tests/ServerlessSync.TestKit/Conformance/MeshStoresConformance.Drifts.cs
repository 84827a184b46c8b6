using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using Shouldly;
using Xunit;

namespace ServerlessSync.TestKit.Conformance;

public abstract partial class MeshStoresConformance
{
    [Fact]
    public async Task Drift_is_one_open_item_for_each_identity_and_target_and_for_each_account_nobody_is_known_for()
    {
        foreach (var item in new[] { Drift("id1", "saas"), Drift("id1", "warehouse"), Drift("id2", "saas"), Drift("id1", "saas"), Unowned("42/x"), Unowned("43"), Unowned("42/x") })
        {
            await Stores.Drifts.OpenAsync(item, DriftState.Asked, None);
        }

        (await OpenDriftAsync(null)).Count.ShouldBe(5);
        (await OpenDriftAsync("warehouse")).Select(d => d.Item.IdentityId).ShouldBe(["id1"]);
        (await Stores.Drifts.FindAsync("saas", "id2", None))!.Opening.ShouldBe(1);
        (await Stores.Drifts.FindAccountAsync("saas", "42/x", None))!.AccountKey.ShouldBe("42/x");
        (await Stores.Drifts.FindAsync("saas", "42/x", None)).ShouldBeNull();
    }

    [Fact]
    public async Task Drift_found_again_keeps_when_it_was_first_seen_and_what_is_not_found_any_more_leaves()
    {
        var began = Clock.GetUtcNow();
        await Stores.Drifts.OpenAsync(Drift("id1", "saas", Finding(DriftKind.Attribute, "mail"), Finding(DriftKind.Status, "")), DriftState.Asked, None);
        Clock.Advance(TimeSpan.FromDays(1));
        var again = await Stores.Drifts.OpenAsync(
            Drift("id1", "saas", Finding(DriftKind.Attribute, "mail"), Finding(DriftKind.Attribute, "phone")) with { FoundBy = "run2" }, DriftState.Reported, None);

        again.ShouldBeEquivalentTo(await Stores.Drifts.FindAsync("saas", "id1", None));
        (again.Opening, again.State, again.OpenedAt, again.FoundBy).ShouldBe((1, DriftState.Asked, began, "run2"));
        again.Findings.Select(f => (f.Subject, f.FirstSeen, f.LastSeen)).ShouldBe(
            [("mail", began, Clock.GetUtcNow()), ("phone", Clock.GetUtcNow(), Clock.GetUtcNow())]);
    }

    [Fact]
    public async Task Drift_that_was_settled_is_opened_anew_under_the_next_number_and_the_old_number_moves_nothing()
    {
        var first = await Stores.Drifts.OpenAsync(Drift("id1", "saas"), DriftState.Queued, None);
        (await Stores.Drifts.MoveAsync(first, d => d with { State = DriftState.Held, Reason = "window" }, None))!.Reason.ShouldBe("window");
        (await Stores.Drifts.SettleAsync(first, "mended", None)).ShouldBeTrue();
        (await OpenDriftAsync(null)).ShouldBeEmpty();
        (await Stores.Drifts.MoveAsync(first, d => d with { State = DriftState.Queued }, None)).ShouldBeNull();

        var second = await Stores.Drifts.OpenAsync(Drift("id1", "saas"), DriftState.Asked, None);
        (second.Opening, second.State, second.SettledAt).ShouldBe((2, DriftState.Asked, null));
        (await Stores.Drifts.MoveAsync(first, d => d with { State = DriftState.Queued }, None)).ShouldBeNull();
        (await Stores.Drifts.SettleAsync(first, "mended", None)).ShouldBeFalse();
        (await OpenDriftAsync("saas")).ShouldHaveSingleItem().Item.State.ShouldBe(DriftState.Asked);
    }

    [Fact]
    public async Task Who_is_asked_first_stays_asked_by_the_same_day_and_nobody_is_where_nothing_is_asked()
    {
        var (today, later) = (Clock.GetUtcNow().AddDays(7), Clock.GetUtcNow().AddDays(9));
        var first = await Stores.Drifts.OpenAsync(Drift("id1", "saas") with { Owner = "team", Due = today }, DriftState.Asked, None);
        var again = await Stores.Drifts.OpenAsync(Drift("id1", "saas") with { FoundBy = "run2", Owner = "others", Due = later }, DriftState.Asked, None);
        (again.Owner, again.Due).ShouldBe(("team", today));
        var sooner = await Stores.Drifts.OpenAsync(Drift("id1", "saas") with { FoundBy = "run3", Owner = "others", Due = today.AddDays(-6) }, DriftState.Asked, None);
        (sooner.Owner, sooner.Due).ShouldBe(("team", today.AddDays(-6)));

        var queued = (await Stores.Drifts.MoveAsync(first, d => d with { State = DriftState.Queued }, None))!;
        (queued.Owner, queued.Due).ShouldBe((null, null));
        var asked = (await Stores.Drifts.MoveAsync(first, d => d with { State = DriftState.Asked, Owner = "others", Due = later }, None))!;
        (asked.Owner, asked.Due).ShouldBe(("others", later));
        await Stores.Drifts.SettleAsync(asked, "mended", None);
        (await Stores.Drifts.FindAsync("saas", "id1", None))!.Due.ShouldBeNull();
        (await Stores.Drifts.OpenAsync(Drift("id2", "saas") with { Owner = "team", Due = today }, DriftState.Held, None)).Owner.ShouldBeNull();
    }

    [Fact]
    public async Task What_has_changed_since_it_was_looked_at_is_not_ignored()
    {
        var seen = await Stores.Drifts.OpenAsync(Drift("id1", "saas", Finding(DriftKind.Attribute, "mail")), DriftState.Asked, None);
        await Stores.Drifts.OpenAsync(Drift("id1", "saas", Finding(DriftKind.Attribute, "mail"), Finding(DriftKind.Status, "")), DriftState.Asked, None);

        (await Stores.Drifts.IgnoreAsync(seen, "ignored", None)).ShouldBeFalse();
        var now = (await Stores.Drifts.FindAsync("saas", "id1", None))!;
        (now.SettledAt, now.Fingerprint == seen.Fingerprint).ShouldBe((null, false));
        (await Stores.Drifts.IgnoreAsync(now, "ignored", None)).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_many_who_open_the_same_drift_at_once_all_get_the_one_opening_and_it_is_settled_once()
    {
        var opened = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Stores.Drifts.OpenAsync(Drift("id1", "saas") with { FoundBy = $"run{n}" }, DriftState.Queued, None)));
        opened.Select(d => d.Opening).Distinct().ShouldBe([1]);
        (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Stores.Drifts.SettleAsync(opened[0], "mended", None)))).Count(settled => settled).ShouldBe(1);

        var report = await new AuditVerifier(Rows).VerifyAsync(None);
        report.Faults.ShouldBeEmpty();
        report.Entries.ShouldBe(2);
    }

    [Fact]
    public async Task Open_drift_is_read_on_from_a_token_and_a_token_of_elsewhere_shows_nothing_of_another_target()
    {
        foreach (var n in Enumerable.Range(0, 12))
        {
            await Stores.Drifts.OpenAsync(Drift($"id{n}", n % 2 == 0 ? "saas" : "warehouse"), DriftState.Asked, None);
        }

        var all = await OpenDriftAsync(null);
        all.Count.ShouldBe(12);
        all.Select(d => d.Token).ShouldBeInOrder();
        (await OpenDriftAsync(null, all[4].Token)).Select(d => d.Token).ShouldBe(all.Skip(5).Select(d => d.Token));
        (await OpenDriftAsync("warehouse", all[0].Token)).ShouldAllBe(d => d.Item.Target == "warehouse");
        (await OpenDriftAsync("warehouse", "a|b")).Count.ShouldBe(6);
    }

    [Fact]
    public async Task A_target_has_one_comparison_under_way_and_their_numbers_go_up()
    {
        var begun = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => BeginAsync("saas", $"run{n}")));
        begun.Select(r => r.Run).Distinct().ShouldHaveSingleItem();
        var first = begun[0].Run;
        (await BeginAsync("warehouse", "other")).Number.ShouldBe(1);

        (await Stores.Reconciliations.ChangeAsync("saas", "another", r => r with { Accounts = 9 }, None)).ShouldBeNull();
        (await EndAsync("saas", first))!.Outcome.ShouldBe(ReconciliationOutcome.Completed);
        (await BeginAsync("saas", first)).EndedAt.ShouldNotBeNull("the same workflow again gets the one it began");
        (await BeginAsync("saas", "next")).Number.ShouldBe(2);
        (await Stores.Reconciliations.ChangeAsync("saas", first, r => r with { Accounts = 9 }, None)).ShouldBeNull();
    }

    [Fact]
    public async Task Comparisons_are_read_newest_first()
    {
        foreach (var n in Enumerable.Range(1, 12))
        {
            await BeginAsync("saas", $"run{n}");
            await EndAsync("saas", $"run{n}");
        }

        var runs = await ListAsync(Stores.Reconciliations.ReadAsync("saas", None));
        runs.Select(r => r.Number).ShouldBe(Enumerable.Range(1, 12).Select(n => (long)n).Reverse());
        runs[0].ShouldBeEquivalentTo(await Stores.Reconciliations.FindLastAsync("saas", None));
        (await ListAsync(Stores.Reconciliations.ReadAsync("warehouse", None))).ShouldBeEmpty();
        (await Stores.Reconciliations.FindAsync("saas", 7, None))!.Run.ShouldBe("run7");
        foreach (var (target, number) in new[] { ("saas", 13L), ("saas", 0L), ("saas", long.MaxValue), ("warehouse", 7L), ("no/key?", 7L), (new string('x', 2_000), 7L) })
        {
            (await Stores.Reconciliations.FindAsync(target, number, None)).ShouldBeNull();
        }
    }

    [Fact]
    public async Task What_is_remembered_of_a_schedule_is_changed_as_it_was_read()
    {
        (await Stores.Reconciliations.FindScheduleAsync("saas", ReconciliationMode.Complete, None)).ShouldBeNull();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Stores.Reconciliations.ChangeScheduleAsync(
            "saas", ReconciliationMode.Complete, there => (there ?? new ReconciliationSchedule("saas", "0 3 * * * UTC", Clock.GetUtcNow())) with { Missed = (there?.Missed ?? 0) + 1 }, None)));

        (await Stores.Reconciliations.FindScheduleAsync("saas", ReconciliationMode.Complete, None))!.Missed.ShouldBe(8);
        (await Stores.Reconciliations.ChangeScheduleAsync("saas", ReconciliationMode.Complete, _ => null, None))!.Missed.ShouldBe(8);
        (await Stores.Reconciliations.FindScheduleAsync("saas", ReconciliationMode.Changes, None)).ShouldBeNull("it is another schedule");
    }

    [Fact]
    public async Task Where_changes_are_followed_from_is_said_by_the_comparison_under_way_and_moves_with_its_end()
    {
        (await Stores.Reconciliations.FindChangesAsync("saas", None)).ShouldBeNull();
        await BeginAsync("saas", "run1");
        await Stores.Reconciliations.FollowAsync("saas", "run0", _ => FollowedChanges.Without("stale"), None);
        (await Stores.Reconciliations.FindChangesAsync("saas", None)).ShouldBeNull();
        await Stores.Reconciliations.FollowAsync("saas", "run1", there => (there ?? new FollowedChanges()) with { Taken = new TakenPlace("run1", "c1") }, None);
        (await Stores.Reconciliations.FindChangesAsync("saas", None))!.Cursor.ShouldBeNull();

        (await EndFollowingAsync("run0")).ShouldBeNull();
        (await EndFollowingAsync("run1"))!.EndedAt.ShouldNotBeNull();
        (await Stores.Reconciliations.FindChangesAsync("saas", None))!.ShouldSatisfyAllConditions(
            f => f.Cursor.ShouldBe("c1"), f => f.Taken.ShouldBeNull(), f => f.Again.ShouldHaveSingleItem().IdentityId.ShouldBe("ada"));
        await Stores.Reconciliations.FollowAsync("saas", "run1", _ => FollowedChanges.Without("late"), None);
        (await EndFollowingAsync("run1")).ShouldNotBeNull();
        (await Stores.Reconciliations.FindChangesAsync("saas", None))!.Cursor.ShouldBe("c1", "who has ended says no more");

        Task<ReconciliationRun?> EndFollowingAsync(string run) => Stores.Reconciliations.EndAsync(
            "saas", run, r => r with { EndedAt = Clock.GetUtcNow() }, (ended, followed) => followed.After(ended, [new Suspect { IdentityId = "ada" }]), None);
    }

    [Fact]
    public async Task The_newest_comparison_of_each_target_is_read_whatever_their_names_begin_with()
    {
        string[] targets = ["saas", "saas-2", "saas_2", "a", "Saas", "warehouse"];
        foreach (var target in targets)
        {
            await BeginAsync(target, "run1");
            await EndAsync(target, "run1");
            await BeginAsync(target, "run2");
        }

        await Stores.Reconciliations.ChangeScheduleAsync("never-compared", ReconciliationMode.Complete, _ => new ReconciliationSchedule("never-compared", "0 3 * * * UTC", Clock.GetUtcNow()), None);

        var last = await ListAsync(Stores.Reconciliations.ReadLastAsync(row => throw new InvalidOperationException(row.ToString()), None));
        last.Select(r => r.Target).ShouldBe(targets, ignoreOrder: true);
        last.ShouldAllBe(r => r.Run == "run2");
        (await ListAsync(Stores.Reconciliations.ReadAsync("saas", 2, _ => { }, None))).ShouldHaveSingleItem().Run.ShouldBe("run1");
    }

    [Fact]
    public async Task What_drift_tells_of_somebody_who_is_erased_is_found_in_every_target()
    {
        string[] targets = ["saas", "saas-2", "saas_2", "a", "warehouse"];
        await Stores.Partitions.EditIdentityAsync(
            "id1",
            edit =>
            {
                edit.Save("record", new IdentityRecord { Id = "id1", Kind = IdentityKind.Person, Status = IdentityStatus.Terminated, Anchors = [], CreatedAt = default, UpdatedAt = default });
                return Task.FromResult(true);
            },
            None);
        foreach (var target in targets)
        {
            await Stores.Drifts.OpenAsync(Drift("id1", target), DriftState.Asked, None);
            await Stores.Drifts.OpenAsync(Drift("id2", target), DriftState.Asked, None);
        }

        (await new Erasure(Stores).EraseAsync("id1", "dpo", "request 17", None)).Payloads.ShouldBe(targets.Length);

        foreach (var (_, item) in await OpenDriftAsync(null))
        {
            (item.Findings[0].Found is null).ShouldBe(item.IdentityId == "id1", $"{item.IdentityId} in {item.Target}");
        }

        (await new AuditVerifier(Rows).VerifyAsync(None)).Faults.ShouldBeEmpty();
    }

    DriftItem Drift(string identityId, string target, params DriftFinding[] findings) => new()
    {
        Target = target,
        IdentityId = identityId,
        AccountKey = "42",
        Findings = findings.Length == 0 ? [Finding(DriftKind.Attribute, "mail")] : findings,
        OpenedAt = Clock.GetUtcNow(),
        FoundBy = "run1",
    };

    DriftItem Unowned(string accountKey) => Drift("", "saas", Finding(DriftKind.Unowned, "")) with { IdentityId = null, AccountKey = accountKey };

    DriftFinding Finding(DriftKind kind, string subject) => new(kind, subject, "a@example.com", "b@example.com", Clock.GetUtcNow(), Clock.GetUtcNow());

    Task<List<(string Token, DriftItem Item)>> OpenDriftAsync(string? target, string? after = null) => ListAsync(Stores.Drifts.ReadOpenAsync(target, after, None));

    Task<ReconciliationRun> BeginAsync(string target, string run) => Stores.Reconciliations.BeginAsync(
        target,
        run,
        number => new ReconciliationRun
        {
            Target = target, Number = number, Run = run, AskedBy = "schedule", DryRun = false, Configuration = "c", StartedAt = Clock.GetUtcNow(),
        },
        None);

    Task<ReconciliationRun?> EndAsync(string target, string run) => Stores.Reconciliations.ChangeAsync(
        target, run, r => r with { EndedAt = Clock.GetUtcNow(), Outcome = ReconciliationOutcome.Completed }, None);
}
