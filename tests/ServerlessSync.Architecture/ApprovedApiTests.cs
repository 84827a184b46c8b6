using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;
using Shouldly;
using Xunit;

namespace ServerlessSync.Architecture;

/// <summary>What others build on changes only on purpose.</summary>
public sealed class ApprovedApiTests
{
    static string Approved => Path.Combine(SourceTree.Root, "tests", "ServerlessSync.Architecture", "Approved");

    [Fact]
    public void The_connector_contracts_are_as_approved() =>
        ApprovedText.Compare(Approved, "Connectors", ApiText.Of(typeof(IConnector).Assembly.GetTypes())).ShouldBeNull();

    [Fact]
    public void The_store_contracts_are_as_approved() =>
        ApprovedText.Compare(Approved, "Mesh.Storage", ApiText.Of(Beside(typeof(IRowStore)))).ShouldBeNull();

    [Fact]
    public void The_engine_port_is_as_approved() =>
        ApprovedText.Compare(Approved, "Mesh.Workflows.Engine", ApiText.Of(Beside(typeof(WorkflowContext)))).ShouldBeNull();

    [Fact]
    public void A_change_of_the_surface_is_told_and_written_beside_the_approved_text()
    {
        var folder = Directory.CreateTempSubdirectory("approved");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "Some.approved.txt"), "one\ntwo\n");

            var difference = ApprovedText.Compare(folder.FullName, "Some", "one\nthree\n").ShouldNotBeNull();

            difference.ShouldContain("- two");
            difference.ShouldContain("+ three");
            File.ReadAllText(Path.Combine(folder.FullName, "Some.received.txt")).ShouldBe("one\nthree\n");
            ApprovedText.Compare(folder.FullName, "Some", "one\ntwo\n").ShouldBeNull();
            folder.GetFiles("*.received.txt").ShouldBeEmpty();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_printer_shows_what_a_caller_sees() =>
        ApiText.Of([typeof(Specimen)]).ShouldBe("""
            ServerlessSync.Architecture: sealed record Specimen
                Task<string?> ReadAsync(IReadOnlyList<string?> keys, int most = 5)
                const int Most = 5
                int? Count { get; init; }
                new(string Name, int? Count)
                required string? Note { get; init; }
                string Name { get; init; }


            """.ReplaceLineEndings("\n"));

    static IEnumerable<Type> Beside(Type type) => type.Assembly.GetTypes().Where(other => other.Namespace == type.Namespace);
}

/// <summary>Something to print.</summary>
public sealed record Specimen(string Name, int? Count)
{
    public const int Most = 5;

    public required string? Note { get; init; }

    internal string Hidden => Name;

    public Task<string?> ReadAsync(IReadOnlyList<string?> keys, int most = Most) => Task.FromResult(keys.Count > most ? Hidden : Note);
}
