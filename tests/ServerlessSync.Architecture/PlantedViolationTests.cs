using Shouldly;
using Xunit;

namespace ServerlessSync.Architecture;

/// <summary>Each rule is shown something it must refuse; a rule that stays silent is no rule.</summary>
public sealed class PlantedViolationTests
{
    [Theory]
    [InlineData("functions", "Mesh", "Storage.Sqlite")]
    [InlineData("functions", "Web", "Engines.InProcess")]
    [InlineData("functions", "LocalHost", "Engines.DurableTask")]
    [InlineData("functions", "Functions", "Engines.InProcess")]
    [InlineData("functions", "Engines.InProcess", "Storage.Sqlite")]
    [InlineData("connectors", "Connectors", "Mesh")]
    [InlineData("connectors", "Connectors.Scim", "Connectors.PostgreSql")]
    [InlineData("tests", "Web.Tests", "LocalHost")]
    [InlineData("tests", "Demo", "Connectors.Scim")]
    public void A_forbidden_reference_is_found(string folder, string from, string to) =>
        Direction.OfProjects(Project(folder, from, Reference(to))).ShouldHaveSingleItem().ShouldEndWith($"references {to}");

    [Theory]
    [InlineData("functions", "Mesh", "Connectors")]
    [InlineData("functions", "LocalHost", "Engines.InProcess")]
    [InlineData("tests", "Web.Tests", "TestKit")]
    [InlineData("tests", "Connectors.Scim.Tests", "Connectors.Testing")]
    [InlineData("tests", "EndToEnd", "LocalHost")]
    public void An_allowed_reference_is_let_pass(string folder, string from, string to) =>
        Direction.OfProjects(Project(folder, from, Reference(to))).ShouldBeEmpty();

    [Fact]
    public void A_project_outside_the_table_is_found() => Direction.OfProjects(Project("functions", "Extras", "")).ShouldHaveSingleItem();

    [Fact]
    public void A_reference_for_build_order_is_let_pass_in_tests_alone()
    {
        var order = Reference("LocalHost").Replace("/>", "ReferenceOutputAssembly=\"false\" />", StringComparison.Ordinal);
        Direction.OfProjects(Project("tests", "Web.Tests", order)).ShouldBeEmpty();
        Direction.OfProjects(Project("functions", "Web", order)).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_forbidden_name_in_a_built_assembly_is_found()
    {
        Direction.OfAssembly("Web", ["Mesh", "Connectors"]).ShouldBeEmpty();
        Direction.OfAssembly("Web", ["Mesh", "Storage.Sqlite"]).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("Mesh", "Npgsql")]
    [InlineData("Web", "Microsoft.DurableTask.Client")]
    [InlineData("LocalHost", "Microsoft.Azure.Functions.Worker")]
    public void A_forbidden_package_is_found(string project, string package) =>
        Packages.OfProjects(Project("functions", project, $"<PackageReference Include=\"{package}\" />")).ShouldHaveSingleItem();

    [Theory]
    [InlineData("", 1)]
    [InlineData(" Condition=\"'$(AzurePackages)' != 'true'\"", 1)]
    [InlineData(" Condition=\"'$(AzurePackages)' == 'false'\"", 0)]
    public void A_stand_in_compiled_against_unasked_is_found(string condition, int violations) =>
        StandIns.Check(new SourceTree(
            ("Directory.Build.props", "<AzurePackages Condition=\"'$(AzurePackages)' == ''\">true</AzurePackages>"),
            ("functions/ServerlessSync.Functions/ServerlessSync.Functions.csproj", $"<Project><ItemGroup{condition}>{Reference("Shapes")}</ItemGroup></Project>"))).Count().ShouldBe(violations);

    [Fact]
    public void Stand_ins_by_default_are_found() =>
        StandIns.Check(new SourceTree(("Directory.Build.props", "<AzurePackages>false</AzurePackages>"))).ShouldHaveSingleItem();

    [Theory]
    [InlineData("<Project Sdk=\"Microsoft.NET.Sdk.Web\" />")]
    [InlineData("<Project><FrameworkReference Include=\"Microsoft.AspNetCore.App\" /></Project>")]
    public void A_web_framework_in_the_mesh_is_found(string project) =>
        Packages.OfProjects(new SourceTree(("functions/ServerlessSync.Mesh/ServerlessSync.Mesh.csproj", project))).ShouldHaveSingleItem();

    [Fact]
    public void A_forbidden_namespace_is_found()
    {
        const string Code = "using Microsoft.DurableTask.Client;\n";
        Packages.OfCode(new SourceTree(("functions/ServerlessSync.Web/A.cs", Code))).ShouldHaveSingleItem();
        Packages.OfCode(new SourceTree(("functions/ServerlessSync.Engines.DurableTask/A.cs", Code))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("| Some | 1.0.0 | x | y | MIT |", 0)]
    [InlineData("| Some | 1.0.1 | x | y | MIT |", 2)]
    [InlineData("", 1)]
    public void A_package_without_its_line_is_found(string line, int violations) =>
        Dependencies.Check(new SourceTree(
            ("Directory.Packages.props", "<Project><PackageVersion Include=\"Some\" Version=\"1.0.0\" /></Project>"),
            ("docs/decisions/0001-dependencies.md", $"# Dependencies\n## NuGet\n| package | version | what | why | licence |\n{line}\n## What else\n"))).Count().ShouldBe(violations);

    [Theory]
    [InlineData("1.0.0", 0)]
    [InlineData("1.0.1", 2)]
    public void An_npm_package_without_its_line_is_found(string version, int violations) =>
        Dependencies.Check(new SourceTree(
            ("Directory.Packages.props", "<Project />"),
            ("infra/local/package.json", "{ \"dependencies\": { \"some\": \"1.0.0\" } }"),
            ("docs/decisions/0001-dependencies.md", $"# Dependencies\n## NuGet\n## npm\n| some | {version} | x | y | MIT |\n"))).Count().ShouldBe(violations);

    [Fact]
    public void An_oversized_file_is_found_in_the_product_and_in_tests()
    {
        SizeBudget.Files(Product(new string('\n', 401))).ShouldHaveSingleItem();
        SizeBudget.Files(Test(new string('\n', 401))).ShouldHaveSingleItem();
        SizeBudget.Files(Product(new string('\n', 400))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("class C {{ void M()\n{{{0}}} }}")]
    [InlineData("class C {{ C()\n{{{0}}} }}")]
    [InlineData("class C {{ int P {{ get\n{{{0}}} }} }}")]
    [InlineData("class C {{ int P =>\n{0}1; }}")]
    [InlineData("class C {{ void M() {{ void L()\n{{{0}}} }} }}")]
    public void An_oversized_function_is_found(string shape)
    {
        SizeBudget.Functions(Product(Filled(shape, 60))).ShouldNotBeEmpty();
        SizeBudget.Functions(Product(Filled(shape, 58))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("class C { public C(int a, int b, int c, int d, int e, int f) { } }", 1)]
    [InlineData("class C(int a, int b, int c, int d, int e, int f);", 1)]
    [InlineData("record R(int A, int B, int C, int D, int E, int F);", 0)]
    [InlineData("class C(int a, int b, int c, int d, int e);", 0)]
    public void A_constructor_with_too_many_parameters_is_found(string code, int violations) =>
        SizeBudget.Constructors(Product(code)).Count().ShouldBe(violations);

    [Fact]
    public void An_unlisted_entry_of_the_root_is_found() =>
        TopLevel.Check(new SourceTree(("NOTES.md", ""), ("docs/a.md", ""), ("Makefile", ""))).ShouldHaveSingleItem().ShouldContain("NOTES.md");

    [Fact]
    public void A_project_missing_from_the_solution_is_found()
    {
        const string Path = "functions/ServerlessSync.Web/ServerlessSync.Web.csproj";
        TopLevel.Solution(new SourceTree(("ServerlessSync.sln", ""), (Path, "<Project />"))).ShouldHaveSingleItem();
        TopLevel.Solution(new SourceTree(("ServerlessSync.sln", $"\"{Path.Replace('/', '\\')}\""), (Path, "<Project />"))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("LaneManager", 1)]
    [InlineData("StringHelper", 1)]
    [InlineData("KeyUtils", 1)]
    [InlineData("CommonKeys", 1)]
    [InlineData("ManagerFilled", 0)]
    [InlineData("Utilisation", 0)]
    public void A_name_that_says_nothing_is_found(string name, int violations)
    {
        Wording.TypeNames(Product($"class {name};")).Count().ShouldBe(violations);
        Wording.FileNames(new SourceTree(($"functions/ServerlessSync.Web/{name}.cs", ""))).Count().ShouldBe(violations);
    }

    [Fact]
    public void A_note_of_unfinished_work_is_found() => Wording.Notes(Product("// TO" + "DO later")).ShouldHaveSingleItem();

    [Fact]
    public void ConfigureAwait_false_is_found_outside_connectors()
    {
        const string Code = "class C { async Task M() => await N().ConfigureAwait(false); }";
        Calls.ConfigureAwait(Product(Code)).ShouldHaveSingleItem();
        Calls.ConfigureAwait(new SourceTree(("connectors/ServerlessSync.Connectors/A.cs", Code))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Thread.Sleep(1)", 1)]
    [InlineData("Task.Delay(1)", 1)]
    [InlineData("Task.Delay(a, time, token)", 1)]
    [InlineData("Task.Delay(Timeout.InfiniteTimeSpan, time, token)", 0)]
    public void A_sleeping_test_is_found(string call, int violations) =>
        Calls.Sleeps(Test($"class C {{ void M() {{ {call}; }} }}")).Count().ShouldBe(violations);

    [Fact]
    public void A_skipped_test_is_found() => Calls.SkippedTests(Test("class C { [Fact(Skip = \"later\")] void M() { } }")).ShouldHaveSingleItem();

    [Theory]
    [InlineData("| R11 | what | `C.Gone` | `docs/requirements.md` |", "C.Gone")]
    [InlineData("| R11 | what | `C.There` | `functions/Gone.cs` |", "functions/Gone.cs")]
    [InlineData("| R11 | what | | `docs/requirements.md` |", "names no test")]
    [InlineData("| R11 | what | `C.There` | |", "names no code")]
    [InlineData("| R11 | what | `C.There` |", "cells")]
    [InlineData("| R11 | what | `C.Unmarked` | `docs/requirements.md` |", "C.Unmarked")]
    public void A_requirement_without_its_test_or_code_is_found(string row, string said) =>
        Requirements.Check(Mapped(row)).ShouldHaveSingleItem().ShouldContain(said);

    [Fact]
    public void A_requirement_with_test_and_code_is_let_pass() =>
        Requirements.Check(Mapped("| R11 | what | `C.There` | `tests/`, `docs/requirements.md` |")).ShouldBeEmpty();

    static SourceTree Mapped(string row) => new(
        ("docs/requirements.md", $"| requirement | what | tests | code |\n| --- | --- | --- | --- |\n{row}\n"),
        ("tests/T/C.cs", "class C { [Fact] public void There() { } public void Unmarked() { } }"));

    static SourceTree Product(string code) => new(("functions/ServerlessSync.Web/A.cs", code));

    static SourceTree Test(string code) => new(("tests/ServerlessSync.Web.Tests/A.cs", code));

    static SourceTree Project(string folder, string name, string items) =>
        new(($"{folder}/ServerlessSync.{name}/ServerlessSync.{name}.csproj", $"<Project><ItemGroup>{items}</ItemGroup></Project>"));

    static string Reference(string name) => $"<ProjectReference Include=\"../ServerlessSync.{name}/ServerlessSync.{name}.csproj\" />";

    static string Filled(string shape, int lines) => string.Format(System.Globalization.CultureInfo.InvariantCulture, shape, new string('\n', lines));
}
