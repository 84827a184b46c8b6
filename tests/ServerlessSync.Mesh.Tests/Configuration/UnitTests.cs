using ServerlessSync.Mesh.Configuration;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Configuration;

public sealed class UnitTests
{
    [Theory]
    [InlineData("PT24H", 86_400)]
    [InlineData("P3D", 259_200)]
    [InlineData("P1DT12H30M", 131_400)]
    [InlineData("PT0.5S", 0.5)]
    [InlineData("PT90M", 5_400)]
    public void Durations_are_iso_8601(string text, double seconds) =>
        MeshYaml.Load(MeshYaml.With(("leaver: PT24H", "leaver: " + text))).Deadlines.Leaver.ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("24h")]
    [InlineData("24:00:00")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("P1DT")]
    [InlineData("P1Y")]
    [InlineData("P1M")]
    [InlineData("-PT1H")]
    [InlineData("PT0S")]
    [InlineData("pt1h")]
    [InlineData("PT1H ago")]
    [InlineData("PT1M1H")]
    [InlineData("P99999D")]
    [InlineData("")]
    public void Anything_else_is_no_duration(string text) =>
        MeshConfigurationLoader.Load(MeshYaml.With(("leaver: PT24H", $"leaver: \"{text}\""))).Errors.ShouldHaveSingleItem().Path.ShouldBe("deadlines.leaver");

    [Theory]
    [InlineData("50/s", 50)]
    [InlineData("600/min", 10)]
    [InlineData("0.5/s", 0.5)]
    public void Rates_are_per_second_or_minute(string text, double perSecond) =>
        MeshYaml.Load(MeshYaml.With(("600/min", text))).Targets["warehouse"].Limit.RatePerSecond.ShouldBe(perSecond);

    [Theory]
    [InlineData("50")]
    [InlineData("0/s")]
    [InlineData("-1/s")]
    [InlineData("50/h")]
    [InlineData("50 / s")]
    [InlineData("1e3/s")]
    [InlineData("NaN/s")]
    public void Anything_else_is_no_rate(string text) =>
        MeshConfigurationLoader.Load(MeshYaml.With(("600/min", text))).Errors.ShouldHaveSingleItem().Path.ShouldBe("targets.warehouse.limit.rate");

    [Theory]
    [InlineData("scim", "https://scim.example.com/v2", true)]
    [InlineData("scim", "http://localhost:9101/v2", true)]
    [InlineData("scim", "http://scim.example.com/v2", false)]
    [InlineData("scim", "https://mesh@scim.example.com/v2", false)]
    [InlineData("scim", "ftp://scim.example.com", false)]
    [InlineData("scim", "/v2", false)]
    [InlineData("postgresql", "postgresql://mesh@db.example.com:5432/warehouse", true)]
    [InlineData("postgresql", "postgresql://mesh@db.example.com", false)]
    [InlineData("postgresql", "postgresql://mesh:x@db.example.com/warehouse", false)]
    [InlineData("postgresql", "https://db.example.com/warehouse", false)]
    public void Addresses_from_the_environment_are_checked_by_the_same_rule(string connector, string address, bool right) =>
        (TargetAddress.Fault(connector, address) is null).ShouldBe(right);
}
