using ServerlessSync.Mesh.Configuration;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Configuration;

public sealed class ConditionTests
{
    static readonly Dictionary<string, string> Ada = new() { ["kind"] = "person", ["department"] = "IT" };

    [Fact]
    public void No_conditions_hold_for_everybody() => Holds([]).ShouldBeTrue();

    [Fact]
    public void One_of_the_values_is_enough() => Holds(new() { ["department"] = ["Finance", "IT"] }).ShouldBeTrue();

    [Fact]
    public void Every_name_must_hold() => Holds(new() { ["kind"] = ["person"], ["department"] = ["Finance"] }).ShouldBeFalse();

    [Fact]
    public void Case_does_not_matter() => Holds(new() { ["department"] = ["it"] }).ShouldBeTrue();

    [Fact]
    public void A_missing_value_meets_nothing() => Holds(new() { ["title"] = ["", "Programmer"] }).ShouldBeFalse();

    [Fact]
    public void A_condition_without_values_is_never_met() => Holds(new() { ["department"] = [] }).ShouldBeFalse();

    static bool Holds(Dictionary<string, IReadOnlyList<string>> conditions) => Conditions.Hold(conditions, Ada.GetValueOrDefault);
}
