using ServerlessSync.TestKit;

namespace ServerlessSync.Engines.DurableTask.Tests;

/// <summary>host.json against the versions the mesh stamps its runs with.</summary>
public sealed class HostSettingsTests
{
    /// <remarks>https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-orchestration-versioning</remarks>
    [Fact]
    public async Task The_version_the_host_calls_its_own_is_the_newest_a_run_is_stamped_with()
    {
        var durable = JsonDocument.Parse(await File.ReadAllTextAsync(RepositoryRoot.Combine("host.json")))
            .RootElement.GetProperty("extensions").GetProperty("durableTask");
        durable.GetProperty("versionMatchStrategy").GetString().ShouldBe("CurrentOrOlder");
        var own = durable.GetProperty("defaultVersion").GetString();

        await using var sample = new SampleMesh();
        var catalog = sample.Mesh.Catalog;
        var versions = catalog.Workflows.Select(catalog.FindVersion).ToList();
        versions.ShouldNotBeEmpty();
        versions.ShouldAllBe(version => Compare(version, own) <= 0, "nobody would take up a run of a version above the host's");
        versions.ShouldContain(own, "an older build that calls itself newer takes up runs it does not know");
    }

    /// <summary>As the engine compares: as versions of at least two numbers if both are, otherwise as text.</summary>
    static int Compare(string? one, string? other) =>
        Version.TryParse(one, out var a) && Version.TryParse(other, out var b) ? a.CompareTo(b) : string.Compare(one, other, StringComparison.OrdinalIgnoreCase);
}
