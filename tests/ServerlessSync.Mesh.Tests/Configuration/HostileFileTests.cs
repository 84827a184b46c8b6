using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ServerlessSync.Mesh.Configuration;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Configuration;

public sealed class HostileFileTests
{
    const int Damages = 5000;
    const string Secret = "hunter2-s3cr3t";

    [Theory]
    [InlineData("secrets: [env:HR_KEY]", "secrets: [" + Secret + "]")]
    [InlineData("secrets: [env:HR_KEY]", "secrets: [\"env:" + Secret + "\"]")]
    [InlineData("secrets: [env:HR_KEY]", "secrets: " + Secret)]
    [InlineData("secrets: [env:HR_KEY]", "secrets: { key: " + Secret + " }")]
    [InlineData("credential: env:SAAS_TOKEN", "credential: " + Secret)]
    [InlineData("credential: env:SAAS_TOKEN", "credential: [" + Secret + "]")]
    [InlineData("credential: env:SAAS_TOKEN", "credential: env:SAAS_TOKEN\n    password: " + Secret)]
    [InlineData("credential: env:SAAS_TOKEN", "credential: env:SAAS_TOKEN\n    credential: " + Secret)]
    [InlineData("credential: env:SAAS_TOKEN", "credential: \"" + Secret)]
    [InlineData("credential: env:SAAS_TOKEN", "credential: *" + Secret)]
    [InlineData("credential: env:SAAS_TOKEN", "credential: !a!" + Secret + " x")]
    [InlineData("credential: env:SAAS_TOKEN", "credential: @" + Secret)]
    [InlineData("credential: env:SAAS_TOKEN", "credential: |" + Secret)]
    [InlineData("credential: env:SAAS_TOKEN", "credential: env:A: " + Secret)]
    [InlineData("key: env:OPS_KEY", "key: " + Secret)]
    [InlineData("postgresql://mesh@127.0.0.1", "postgresql://mesh:" + Secret + "@127.0.0.1")]
    [InlineData("5432/warehouse", "5432/warehouse?password=" + Secret)]
    [InlineData("http://127.0.0.1:9101/scim/v2", "http://mesh:" + Secret + "@127.0.0.1/scim")]
    [InlineData("http://127.0.0.1:9101/scim/v2", Secret)]
    [InlineData("http://127.0.0.1:9101/scim/v2", "[" + Secret + "]")]
    public void A_secret_in_the_file_is_an_error_that_does_not_show_it(string right, string wrong)
    {
        var errors = MeshConfigurationLoader.Load(MeshYaml.With((right, wrong))).Errors;

        errors.ShouldNotBeEmpty();
        errors.ShouldAllBe(e => !e.ToString().Contains(Secret, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Every_duplicate_key_is_reported_with_both_lines()
    {
        var errors = MeshConfigurationLoader.Load(MeshYaml.With(
            ("default: deny", "default: deny\n  version: again"),
            ("stage: enforce", "stage: enforce\n    stage: observe"))).Errors;

        errors.Select(e => e.Path).ShouldBe(["targets.warehouse.stage", "policy.version"]);
        errors.ShouldAllBe(e => e.Message.Contains("twice; first in line", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_over_one_mebibyte_is_refused_unread()
    {
        var error = MeshConfigurationLoader.Load(MeshYaml.Small + "\n#" + new string('x', 1024 * 1024)).Errors.ShouldHaveSingleItem();

        error.Message.ShouldContain("at most 1048576");
    }

    [Fact]
    public void Aliases_are_refused_so_that_nothing_can_multiply()
    {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i <= 30; i++)
        {
            bomb.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n");
        }

        var errors = MeshConfigurationLoader.Load(bomb.ToString()).Errors;

        errors.Count(e => e.Message.StartsWith("aliases are not taken", StringComparison.Ordinal)).ShouldBe(270);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    public void Deep_nesting_is_refused(string opening)
    {
        var result = MeshConfigurationLoader.Load(string.Concat(Enumerable.Repeat(opening, 100_000)));

        result.Errors.ShouldHaveSingleItem().Message.ShouldContain("nested deeper than 16 levels");
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("# nothing\n", "empty")]
    [InlineData("a: [1, 2", "not YAML")]
    [InlineData("a: b: c", "not YAML")]
    [InlineData("just text", "expected a mapping")]
    [InlineData("- 1\n- 2", "expected a mapping")]
    [InlineData("{}\n---\n{}", "one document is expected")]
    [InlineData("? [a]\n: 1", "a key is expected to be text")]
    public void What_is_no_configuration_says_so(string yaml, string says)
    {
        var result = MeshConfigurationLoader.Load(yaml);

        result.Configuration.ShouldBeNull();
        result.Errors.ShouldContain(e => e.Message.Contains(says));
    }

    [Fact]
    public void Whatever_the_text_there_is_either_a_configuration_or_an_error() =>
        Prop.ForAll(Damaged().ToArbitrary(), yaml =>
        {
            var result = MeshConfigurationLoader.Load(yaml);
            return result.Configuration is null == result.Errors.Count > 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Damages));

    [Fact]
    public void Bytes_that_are_no_text_are_refused() =>
        MeshConfigurationLoader.Load([0x6f, 0xff, 0xfe]).Errors.ShouldHaveSingleItem().Message.ShouldBe("the file is not UTF-8");

    [Fact]
    public void A_byte_order_mark_is_passed_over() =>
        MeshConfigurationLoader.Load([0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes(MeshYaml.Small)]).Errors.ShouldBeEmpty();

    static Gen<string> Damaged() =>
        from at in Gen.Choose(0, MeshYaml.Small.Length - 1)
        from length in Gen.Choose(0, 12)
        from pieces in Gen.Elements("", " ", "\n", ":", ": ", "- ", "[", "]", "{", "}", "\"", "'", "&a ", "*a ", "!t ", "| ", "#", "%", "\t", "\0", "é", "? ", "---\n", "...\n").ListOf()
        select string.Concat(MeshYaml.Small.AsSpan(0, at), string.Concat(pieces), MeshYaml.Small.AsSpan(Math.Min(at + length, MeshYaml.Small.Length)));
}
