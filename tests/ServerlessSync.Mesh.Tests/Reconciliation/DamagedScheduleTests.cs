using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Tests.Configuration;
using ServerlessSync.TestKit;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Reconciliation;

/// <summary>Rows by which a target is compared and that cannot be read: its comparisons stop, and somebody is told of both.</summary>
public sealed class DamagedScheduleTests
{
    readonly FakeTimeProvider _clock = new();
    readonly DamagingRowStore _rows = new(new MemoryRowStore());

    [Theory]
    [InlineData("last")]
    [InlineData("schedule")]
    public async Task Its_owner_is_told_of_the_row_and_of_what_was_missed_for_it(string key)
    {
        var stores = new MeshStores(_rows, _clock);
        var mesh = MeshYaml.Load(MeshYaml.Small);
        var reconcile = new ReconcileConfiguration { Schedule = CronExpression.Parse("0 3 * * *", out _), TimeZone = TimeZoneInfo.Utc };
        var targets = mesh.Targets.Values.ToDictionary(t => t.Name, t => t.Name == "saas" ? t with { Reconcile = reconcile } : t);
        var timer = new ReconcileTimer(mesh with { Targets = targets }, stores, new BegunComparisons(stores), NullLogger.Instance);
        await timer.RunAsync(CancellationToken.None);
        _clock.Advance(TimeSpan.FromDays(1));
        (await timer.RunAsync(CancellationToken.None)).ShouldHaveSingleItem();

        _rows.Damage(new RowAddress(TableNames.Reconciliations, KeyText.Encode("saas"), key));
        _clock.Advance(TimeSpan.FromDays(3));
        await Should.ThrowAsync<AggregateException>(() => timer.RunAsync(CancellationToken.None));

        var told = await stores.Exceptions.ReadOpenOfAsync(null, string.Empty, static _ => { }, CancellationToken.None);
        told.Select(item => item.Kind).ShouldBe(["reconciliation-missed", "row-damaged"], ignoreOrder: true);
        told.Single(item => item.Kind == "row-damaged").Id.ShouldEndWith($"/{key}");
        told.ShouldAllBe(item => item.Owner.Length > 0);
    }
}
