using ServerlessSync.Mesh.Authority;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Tests.Configuration;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Authority;

public sealed class LifecycleTests
{
    [Theory]
    [InlineData(LifecycleEvent.Create)]
    [InlineData(LifecycleEvent.Update)]
    [InlineData(LifecycleEvent.Suspend)]
    [InlineData(LifecycleEvent.Delete)]
    public void The_source_named_may_and_no_other(LifecycleEvent lifecycleEvent)
    {
        var mesh = MeshYaml.Load(MeshYaml.Small);

        Lifecycle.Check(mesh, IdentityKind.Person, "hr", lifecycleEvent).ShouldBe(new LifecycleAnswer(true, null));
        var answer = Lifecycle.Check(mesh, IdentityKind.Person, "badges", lifecycleEvent);
        answer.Allowed.ShouldBeFalse();
        answer.Reason.ShouldBe($"badges may not {lifecycleEvent.ToString().ToLowerInvariant()} an identity of kind person; hr may");
    }

    [Fact]
    public void A_kind_nobody_decides_about_is_decided_by_nobody() =>
        Lifecycle.Check(MeshYaml.Load(MeshYaml.Small), IdentityKind.Agent, "hr", LifecycleEvent.Create)
            .Reason.ShouldBe("no source may create an identity of kind agent");
}
