using ServerlessSync.TestKit;
using Shouldly;
using Xunit;

namespace ServerlessSync.Architecture;

/// <summary>The rules, on the repository as it stands.</summary>
public sealed class RepositoryTests
{
    static SourceTree Repository => SourceTree.Repository;

    [Fact]
    public void Every_project_reference_follows_the_table_of_directions() => Direction.OfProjects(Repository).ShouldBeEmpty();

    [Fact]
    public void Every_built_assembly_follows_the_table_of_directions()
    {
        var projects = ProjectFile.All(Repository);
        string[] own = [.. projects.Select(project => project.AssemblyName)];
        var names = projects.ToDictionary(project => project.AssemblyName, project => project.Name, StringComparer.Ordinal);
        var built = 0;
        foreach (var project in projects)
        {
            if (BuiltAssembly.References(project, own) is { } references)
            {
                built++;
                Direction.OfAssembly(project.Name, references.Select(reference => names[reference])).ShouldBeEmpty();
            }
        }

        built.ShouldBeGreaterThan(2, "these tests, Mesh and Connectors at least were built");
    }

    [Fact]
    public void Packages_stand_where_they_are_allowed() => Packages.OfProjects(Repository).Concat(Packages.OfCode(Repository)).ShouldBeEmpty();

    [Fact]
    public void Stand_ins_are_compiled_against_only_where_asked_for() => StandIns.Check(Repository).ShouldBeEmpty();

    [Fact]
    public void Every_pinned_package_has_its_line_in_the_decision_on_dependencies() => Dependencies.Check(Repository).ShouldBeEmpty();

    [Fact]
    public void Files_functions_and_constructors_keep_to_their_caps()
    {
        Progress.Show(SizeBudget.Summary(Repository));
        SizeBudget.Files(Repository).Concat(SizeBudget.Functions(Repository)).Concat(SizeBudget.Constructors(Repository)).ShouldBeEmpty();
    }

    [Fact]
    public void The_root_holds_only_its_listed_entries() => TopLevel.Check(Repository).ShouldBeEmpty();

    [Fact]
    public void The_solution_holds_every_project() => TopLevel.Solution(Repository).ShouldBeEmpty();

    [Fact]
    public void ConfigureAwait_false_stands_in_connectors_alone() => Calls.ConfigureAwait(Repository).ShouldBeEmpty();

    [Fact]
    public void No_test_sleeps() => Calls.Sleeps(Repository).ShouldBeEmpty();

    [Fact]
    public void No_test_is_skipped() => Calls.SkippedTests(Repository).ShouldBeEmpty();

    [Fact]
    public void No_name_is_empty_of_meaning() => Wording.FileNames(Repository).Concat(Wording.TypeNames(Repository)).ShouldBeEmpty();

    [Fact]
    public void No_note_of_unfinished_work_stands_in_the_source() => Wording.Notes(Repository).ShouldBeEmpty();

    [Fact]
    public void Workflows_hold_no_dependency_and_no_state() => WorkflowPurity.Check(typeof(Mesh.Workflows.Engine.IWorkflow<,>).Assembly.GetTypes()).ShouldBeEmpty();

    [Fact]
    public void Every_mapped_requirement_names_tests_and_code_that_exist() => Requirements.Check(Repository).ShouldBeEmpty();
}
