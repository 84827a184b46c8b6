using ServerlessSync.Mesh.Configuration;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Configuration;

public sealed class MaintenanceWindowTests
{
    static readonly ReconcileConfiguration Nights = new()
    {
        TimeZone = TimeZoneInfo.CreateCustomTimeZone("two", TimeSpan.FromHours(2), "two", "two"),
        Windows = [new MaintenanceWindow(new HashSet<DayOfWeek> { DayOfWeek.Saturday }, new TimeOnly(22, 0), new TimeOnly(4, 0))],
    };

    // 2026-01-03 is a Saturday; the zone is two hours ahead.
    [Theory]
    [InlineData("2026-01-03T19:59:59Z", false)]
    [InlineData("2026-01-03T20:00:00Z", true)]
    [InlineData("2026-01-03T22:30:00Z", true)]
    [InlineData("2026-01-04T01:59:59Z", true)]
    [InlineData("2026-01-04T02:00:00Z", false)]
    [InlineData("2026-01-03T00:30:00Z", false)]
    [InlineData("2026-01-04T20:30:00Z", false)]
    public void A_window_over_midnight_belongs_to_the_day_it_begins_on_in_its_own_time_zone(string time, bool open) =>
        Nights.IsOpenAt(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(open);

    [Theory]
    [InlineData(9, 0, true)]
    [InlineData(16, 59, true)]
    [InlineData(17, 0, false)]
    [InlineData(8, 59, false)]
    public void A_window_of_one_day_is_open_from_its_beginning_to_before_its_end(int hour, int minute, bool open) =>
        new MaintenanceWindow(new HashSet<DayOfWeek> { DayOfWeek.Monday }, new TimeOnly(9, 0), new TimeOnly(17, 0))
            .Holds(DayOfWeek.Monday, new TimeOnly(hour, minute)).ShouldBe(open);

    [Fact]
    public void Without_windows_drift_may_be_mended_at_any_time() =>
        new ReconcileConfiguration().IsOpenAt(DateTimeOffset.UnixEpoch).ShouldBeTrue();
}
