using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ServerlessSync.EndToEnd.Kill;

namespace ServerlessSync.EndToEnd.CommandLine;

/// <summary>The program's commands on bad input: every mistake named, a line each, and an exit code that says so.</summary>
public sealed class CommandLineTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("serverlesssync-command-").FullName;

    [Fact]
    public async Task Config_check_prints_each_of_five_mistakes_on_a_line_of_its_own()
    {
        var path = Write(KillYaml.Text
            .Replace("rate: 1000/s, parallel: 16", "rate: fast, parallel: 16", StringComparison.Ordinal)
            .Replace("leaver: PT24H", "leaver: 24h", StringComparison.Ordinal)
            .Replace("suspend: hr, ", "", StringComparison.Ordinal)
            .Replace("connector: postgresql", "connector: oracle", StringComparison.Ordinal)
            .Replace("organisation: example", "organization: example", StringComparison.Ordinal));

        var result = await HostProgram.RunAsync(["config", "check", path], KillYaml.UnreachedEnvironment, CancellationToken.None);

        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        string[] places = ["organization", "authority.person.lifecycle.suspend", "targets.saas.limit.rate", "targets.warehouse.connector", "deadlines.leaver"];
        foreach (var place in places)
        {
            result.Errors.Count(line => line.StartsWith(path, StringComparison.Ordinal) && line.Contains($": {place}: ", StringComparison.Ordinal)).ShouldBe(1, place);
        }

        result.Errors.Count.ShouldBe(places.Length);
    }

    [Fact]
    public async Task Config_check_of_a_sound_file_says_what_is_in_it()
    {
        var result = await HostProgram.RunAsync(["config", "check", Write(KillYaml.Text), "--with-environment"], KillYaml.UnreachedEnvironment, CancellationToken.None);

        result.ExitCode.ShouldBe(0);
        result.Errors.ShouldBeEmpty();
        result.Output.ShouldHaveSingleItem().ShouldStartWith("config: OK sources=1 targets=2 entitlements=7 ");
    }

    [Fact]
    public async Task An_API_key_that_is_not_set_is_told_and_is_no_mistake()
    {
        var path = Write(KillYaml.Text);

        var result = await HostProgram.RunAsync(
            ["config", "check", path, "--with-environment"], new Dictionary<string, string>(KillYaml.UnreachedEnvironment) { ["OPS_KEY"] = "" }, CancellationToken.None);

        result.ExitCode.ShouldBe(0);
        result.Errors.ShouldBe([$"{path}: api.keys.test: env:OPS_KEY is not set; this key opens nothing"]);
        result.Output.ShouldHaveSingleItem().ShouldStartWith("config: OK ");
    }

    [Fact]
    public async Task A_signing_key_that_is_none_is_found_by_the_check_and_not_repeated()
    {
        var path = Write(KillYaml.Text);

        var result = await HostProgram.RunAsync(
            ["config", "check", path, "--with-environment"], new Dictionary<string, string>(KillYaml.UnreachedEnvironment) { ["HR_KEY_1"] = "canary" }, CancellationToken.None);

        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldBe([$"{path}: sources.hr.secrets: env:HR_KEY_1 is not 'whsec_' and base64 of 24 to 64 bytes"]);
    }

    [Fact]
    public async Task A_store_there_is_none_of_is_refused_with_those_there_are()
    {
        var result = await HostProgram.RunAsync(
            HostProgram.ServeWords(Write(KillYaml.Text), ["--data", Data, "--store", "bogus"]), KillYaml.UnreachedEnvironment, CancellationToken.None);

        result.ExitCode.ShouldBe(2);
        string.Join(' ', result.Errors).ShouldContain("'bogus'");
        string.Join(' ', result.Errors).ShouldContain("'sqlite'");
        string.Join(' ', result.Errors).ShouldContain("'tables'");
    }

    [Fact]
    public async Task Serve_names_everything_it_misses_in_the_environment()
    {
        var path = Write(KillYaml.Text);

        var result = await HostProgram.RunAsync(HostProgram.ServeWords(path, ["--data", Data]), KillYaml.UnreachedEnvironment.ToDictionary(v => v.Key, _ => ""), CancellationToken.None);

        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        result.Errors.ShouldBe(
            [
                $"{path}: targets.saas.credential: env:SAAS_TOKEN is not set",
                $"{path}: targets.saas.url: env:SAAS_URL is not set",
                $"{path}: targets.warehouse.credential: env:WAREHOUSE_PASSWORD is not set",
                $"{path}: targets.warehouse.url: env:WAREHOUSE_URL is not set",
                $"{path}: sources.hr.secrets: none of env:HR_KEY_1 is set",
                $"{path}: api.keys.test: env:OPS_KEY is not set; this key opens nothing",
            ],
            ignoreOrder: true);
        Directory.Exists(Data).ShouldBeFalse();
    }

    [Fact]
    public async Task Serve_on_a_port_that_is_taken_says_so_in_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}");

        var result = await HostProgram.RunAsync(HostProgram.ServeWords(Write(KillYaml.Text), ["--data", Data], url), KillYaml.UnreachedEnvironment, CancellationToken.None);

        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        result.Errors.ShouldHaveSingleItem().ShouldContain(url);
    }

    [Fact]
    public async Task An_unknown_command_is_a_mistake_of_the_caller()
    {
        var result = await HostProgram.RunAsync(["serv"], KillYaml.UnreachedEnvironment, CancellationToken.None);

        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldContain(line => line.Contains("'serv'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Audit_verify_without_a_store_says_where_it_looked()
    {
        var result = await HostProgram.RunAsync(["audit", "verify", "--data", Data], KillYaml.UnreachedEnvironment, CancellationToken.None);

        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldHaveSingleItem().ShouldContain(Data);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Data => Path.Combine(_folder, "data");

    string Write(string yaml)
    {
        var path = Path.Combine(_folder, "mesh.yaml");
        File.WriteAllText(path, yaml);
        return path;
    }
}
