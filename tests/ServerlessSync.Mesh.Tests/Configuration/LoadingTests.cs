using System.Security.Cryptography;
using System.Text;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Configuration;

public sealed class LoadingTests
{
    [Fact]
    public void Everything_written_is_read()
    {
        var mesh = MeshYaml.Load(MeshYaml.Small);

        mesh.Organisation.ShouldBe("example");
        mesh.OwnerOf("warehouse").ShouldBe("identity-team");
        mesh.Targets.Keys.ShouldBe(["saas", "warehouse"]);
        var warehouse = mesh.Targets["warehouse"];
        warehouse.Stage.ShouldBe(TargetStage.Enforce);
        warehouse.Limit.ShouldBe(new LimitConfiguration { RatePerSecond = 10, Parallel = 4 });
        warehouse.Retry.ShouldBe(new RetryConfiguration { Attempts = 3, First = TimeSpan.FromMilliseconds(500), Factor = 1.5, Longest = TimeSpan.FromMinutes(1) });
        warehouse.Scope["department"].ShouldBe(["IT", "Finance"]);
        warehouse.Attributes.ShouldBe(["displayName"]);
        warehouse.Credential.ShouldBe(new SecretReference("env", "WAREHOUSE_PASSWORD"));
        mesh.Entitlements[0].Grants["saas"].ShouldBe(["group:Finance"]);
        mesh.Policy.Version.ShouldBe("7");
        mesh.Policy.DefaultAllow.ShouldBeFalse();
        mesh.Policy.Rules.Select(r => r.Name).ShouldBe(["no-secrets", "low-risk", "accounts"]);
        mesh.Guards["grant"].ShouldBe(new GuardConfiguration(12.5, 9, 0));
        mesh.Deadlines.Attempt.ShouldBe(TimeSpan.FromSeconds(5));
        mesh.Deadlines.Exception.ShouldBe(TimeSpan.FromDays(7));
        mesh.ApiKeys.ShouldHaveSingleItem().Roles.ShouldBe(["viewer", "operator"]);
        mesh.Authority[IdentityKind.Person].Attributes["phone"].ShouldBe("badges");
    }

    [Fact]
    public void What_is_left_out_has_its_documented_default()
    {
        var mesh = MeshYaml.Load(MeshYaml.With(("deadlines: { leaver: PT24H, approval: P3D, exception: P7D, attempt: PT5S }", "")));

        var saas = mesh.Targets["saas"];
        saas.Stage.ShouldBe(TargetStage.Observe);
        saas.UserName.ToString().ShouldBe("{userName}");
        saas.Scope["kind"].ShouldBe(["person"]);
        saas.Attributes.ShouldContain("manager");
        saas.Limit.ShouldBe(new LimitConfiguration());
        saas.Retry.ShouldBe(new RetryConfiguration());
        mesh.Deadlines.ShouldBe(new DeadlineConfiguration());
        mesh.Sources["hr"].Tolerance.ShouldBe(TimeSpan.FromMinutes(5));
        mesh.Sources["hr"].Envelope.ShouldBe(new EnvelopeConfiguration());
        mesh.Sources["hr"].Required.ShouldBe(["userName"]);
    }

    [Fact]
    public void The_hash_is_that_of_the_bytes()
    {
        var bytes = Encoding.UTF8.GetBytes(MeshYaml.Small);

        MeshConfigurationLoader.Load(bytes).Configuration!.Hash.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        MeshYaml.Load(MeshYaml.Small + "\n# a remark").Hash.ShouldNotBe(MeshYaml.Load(MeshYaml.Small).Hash);
    }

    [Fact]
    public void The_sample_world_loads_without_an_error()
    {
        var mesh = MeshYaml.Load(MeshYaml.Sample);

        mesh.Targets.Values.ShouldAllBe(t => t.Stage == TargetStage.Enforce);
        mesh.Deadlines.Attempt.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void The_sample_world_maps_a_row_of_the_hr_data()
    {
        var map = MeshYaml.Load(MeshYaml.Sample).Sources["hr"].Map;
        var row = new Dictionary<string, string>
        {
            ["employee_id"] = "145", ["first_name"] = "John", ["last_name"] = "Singh", ["email_local_part"] = "JSINGH", ["job_id"] = "SA_MAN", ["department_id"] = "80",
        };

        map["userName"].Render(row.GetValueOrDefault).ShouldBe("jsingh@example.com");
        map["displayName"].Render(row.GetValueOrDefault).ShouldBe("John Singh");
        map["title"].Render(row.GetValueOrDefault).ShouldBe("Sales Manager");
        map["department"].Render(row.GetValueOrDefault).ShouldBe("Sales");
        row.Remove("department_id");
        map["department"].Render(row.GetValueOrDefault).ShouldBeNull();
    }
}
