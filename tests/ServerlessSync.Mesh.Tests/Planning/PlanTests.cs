using FsCheck;
using FsCheck.Fluent;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Tests.Configuration;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Planning;

public sealed class PlanTests
{
    static readonly MeshConfiguration Configuration = MeshConfigurationLoader.Load(MeshYaml.Small).Configuration!;

    [Fact]
    public void The_same_work_has_the_same_hash_whichever_run_does_it_and_other_work_another() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), ArbMap.Default.ArbFor<PositiveInt>(), (right, epoch) =>
        {
            var plan = Of(Step(0, StepOperation.Grant, right.Get));
            return plan.Hash() == (plan with { Run = "another", Epoch = epoch.Get }).Hash()
                && plan.Hash() != Of(Step(0, StepOperation.Grant, right.Get + "x")).Hash()
                && plan.Hash() != (plan with { Configuration = "other" }).Hash()
                && plan.ToJson() == (plan with { }).ToJson();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_plan_is_printed_a_line_a_step_with_its_undoing()
    {
        var text = Of(Step(0, StepOperation.Disable), Step(1, StepOperation.Grant, "group:A")).ToText();
        text.ShouldStartWith("joiner id: 2 steps, 0 denied, hash ");
        text.ShouldContain("  0 t1/disable  [g]  undo: nothing to undo: what is taken away stays away\n");
        text.ShouldContain("  1 t1/grant/group:A  [g]  undo: revoke the right unless it was held before\n");
    }

    [Fact]
    public void Every_operation_either_takes_away_and_is_never_undone_or_says_how_it_is_undone() =>
        Enum.GetValues<StepOperation>().ShouldAllBe(o => o.TakesAway() == o.Compensation().StartsWith("nothing to undo"));

    [Theory]
    [InlineData(9, 0, true)]
    [InlineData(10, 0, false)]
    [InlineData(2, 10, false)]
    [InlineData(1, 1, true)]
    public void The_guard_counts_by_operation_and_target_and_shows_its_arithmetic(int grants, int accounts, bool allowed)
    {
        var plan = Of([.. Enumerable.Range(0, grants).Select(n => Step(n, StepOperation.Grant, $"r{n}"))]);
        var verdict = new Guard(Configuration).Check(plan, new Dictionary<string, int> { ["t1"] = accounts });
        verdict.Allowed.ShouldBe(allowed);
        verdict.Arithmetic.Count.ShouldBe(allowed ? 0 : 1);
    }

    [Fact]
    public void The_guard_never_holds_the_end_of_sign_in_sessions_or_the_last_read()
    {
        var plan = Of([.. Enumerable.Range(0, 99).Select(n => Step(n, (n % 3) switch { 0 => StepOperation.Disable, 1 => StepOperation.RevokeSessions, _ => StepOperation.Prove }))]);
        new Guard(Configuration).Check(plan, new Dictionary<string, int> { ["t1"] = 1 }).Allowed.ShouldBeTrue();
    }

    static Plan Of(params PlanStep[] steps) => new()
    {
        IdentityId = "id", Run = "run", Class = ChangeClass.Joiner, Epoch = 0, Configuration = "c", Steps = steps,
    };

    static PlanStep Step(int number, StepOperation operation, string? right = null) => new()
    {
        Number = number, Target = "t1", Operation = operation, Right = right, Group = "g", Decision = "d", Rule = "r",
    };
}
