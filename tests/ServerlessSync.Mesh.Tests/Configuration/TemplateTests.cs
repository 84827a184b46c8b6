using ServerlessSync.Mesh.Configuration;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Configuration;

public sealed class TemplateTests
{
    static readonly Dictionary<string, IReadOnlyDictionary<string, string>> Tables = new()
    {
        ["jobs"] = new Dictionary<string, string> { ["SA_MAN"] = "Sales Manager" },
    };

    static readonly Dictionary<string, string> Record = new() { ["first"] = "Ada", ["mail"] = " A@B@Example.com ", ["job"] = "SA_MAN", ["a.b"] = "deep" };

    [Theory]
    [InlineData("first", "Ada")]
    [InlineData("{first}", "Ada")]
    [InlineData("{ first | upper }", "ADA")]
    [InlineData("Dear {first}!", "Dear Ada!")]
    [InlineData("{first}{first|lower}", "Adaada")]
    [InlineData("{mail|trim|local|lower}", "a@b")]
    [InlineData("first|local", "Ada")]
    [InlineData("{job|table:jobs}", "Sales Manager")]
    [InlineData("a.b", "deep")]
    public void A_template_renders(string template, string expected) =>
        Template.Parse(template, Tables).Render(Record.GetValueOrDefault).ShouldBe(expected);

    [Theory]
    [InlineData("missing")]
    [InlineData("{first} {missing}")]
    [InlineData("{missing|upper}")]
    [InlineData("{first|table:jobs}")]
    [InlineData("{first|table:jobs} at work")]
    public void A_missing_value_makes_the_whole_missing(string template) =>
        Template.Parse(template, Tables).Render(Record.GetValueOrDefault).ShouldBeNull();

    [Theory]
    [InlineData("{first", "not closed")]
    [InlineData("a {first} {", "not closed")]
    [InlineData("{}", "a path is expected")]
    [InlineData("{|lower}", "a path is expected")]
    [InlineData("", "a path is expected")]
    [InlineData("{first|shout}", "filter 'shout' is unknown")]
    [InlineData("{first|table:towns}", "filter 'table:towns' is unknown")]
    public void A_broken_template_says_what_is_wrong(string template, string says) =>
        Should.Throw<FormatException>(() => Template.Parse(template, Tables)).Message.ShouldContain(says);

    [Fact]
    public void A_template_names_its_paths_and_prints_as_written()
    {
        var template = Template.Parse("{first|lower}.{a.b}@example.com");

        template.Paths.ShouldBe(["first", "a.b"]);
        template.ToString().ShouldBe("{first|lower}.{a.b}@example.com");
    }
}
