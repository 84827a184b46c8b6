using ServerlessSync.Mesh.Configuration;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Configuration;

public sealed class RetentionTests
{
    [Fact]
    public void Without_a_section_the_defaults_hold()
    {
        var retention = MeshYaml.Load(MeshYaml.Small).Retention;

        retention.Payloads.ShouldBe(new Period(7, 0, TimeSpan.Zero));
        retention.Inbox.ShouldBe(Period.OfDays(90));
        retention.History.ShouldBe(Period.OfDays(30));
        retention.Drift.ShouldBe(new Period(1, 0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData("P7Y", 7, 0, 0)]
    [InlineData("P18M", 0, 18, 0)]
    [InlineData("P1Y6M10D", 1, 6, 240)]
    [InlineData("P2W", 0, 0, 336)]
    [InlineData("P10DT12H", 0, 0, 252)]
    public void Periods_are_iso_8601_by_the_calendar(string text, int years, int months, double hours) =>
        MeshYaml.Load(With($"{{ payloads: {text}, inbox: {text}, history: {text} }}")).Retention.Inbox.ShouldBe(new Period(years, months, TimeSpan.FromHours(hours)));

    [Fact]
    public void Every_mistake_is_told_at_once()
    {
        var errors = MeshConfigurationLoader.Load(With("{ payloads: 7 years, inbox: P6D, history: P0D, drift: P6D, logs: P1D }")).Errors;

        errors.Select(e => e.Path).ShouldBe(["retention.payloads", "retention.inbox", "retention.history", "retention.drift", "retention.logs"], ignoreOrder: true);
        errors.Single(e => e.Path == "retention.inbox").Message.ShouldContain("P7D at least");
        errors.Single(e => e.Path == "retention.payloads").Message.ShouldBe("expected an ISO 8601 duration above zero like P7Y, P18M or P90D, got '7 years'");
    }

    [Theory]
    [InlineData("P")]
    [InlineData("P101Y")]
    [InlineData("P1M1Y")]
    [InlineData("-P1Y")]
    [InlineData("P0Y")]
    public void Anything_else_is_no_period(string text) =>
        MeshConfigurationLoader.Load(With($"{{ payloads: {text} }}")).Errors.ShouldHaveSingleItem().Path.ShouldBe("retention.payloads");

    [Fact]
    public void A_period_goes_back_by_the_calendar() =>
        new Period(1, 1, TimeSpan.FromDays(1)).Before(new DateTimeOffset(2028, 3, 31, 0, 0, 0, TimeSpan.Zero))
            .ShouldBe(new DateTimeOffset(2027, 2, 27, 0, 0, 0, TimeSpan.Zero));

    static string With(string retention) => MeshYaml.Small + $"\nretention: {retention}\n";
}
