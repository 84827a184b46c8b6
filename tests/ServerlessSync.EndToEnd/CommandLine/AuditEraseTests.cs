using System.Text.Json.Nodes;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.EndToEnd.CommandLine;

/// <summary><c>audit erase</c> and <c>audit export</c>, also beside a host that serves.</summary>
public sealed class AuditEraseTests : IDisposable
{
    readonly AuditFolder _folder = new();

    [Fact]
    public async Task Who_has_left_is_erased_while_a_host_serves_and_the_record_verifies()
    {
        await DescribeAsync("ada", IdentityStatus.Terminated);
        await _folder.AddAsync("ada", 3);
        await _folder.AddAsync("bob", 2);
        await using var host = await _folder.ServeAsync();

        var erased = await _folder.RunAsync("audit", "erase", "--identity", "ada", "--reason", "request 17", "--by", "dpo");

        erased.Errors.ShouldBeEmpty();
        erased.ExitCode.ShouldBe(0);
        erased.Output.ShouldBe(["audit: erased identity=ada payloads=3 events=0"]);
        (await _folder.VerifyAsync()).Output[0].ShouldMatch("^audit: OK streams=2 entries=6 erased=3 checkpoints=[12] unanchored=0 faults=0$");

        await host.StopAsync(TimeSpan.FromSeconds(30));
        (await _folder.VerifyAsync()).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Who_is_active_or_unknown_is_refused_in_one_line()
    {
        await DescribeAsync("ada", IdentityStatus.Active);

        var active = await _folder.RunAsync("audit", "erase", "--identity", "ada", "--reason", "request 17");
        active.ExitCode.ShouldBe(2);
        active.Errors.ShouldBe(["audit: identity 'ada' is active; it can be erased once it has left"]);

        var unknown = await _folder.RunAsync("audit", "erase", "--identity", "eve", "--reason", "request 17");
        unknown.ExitCode.ShouldBe(2);
        unknown.Errors.ShouldBe(["audit: there is no identity 'eve'"]);

        (await _folder.RunAsync("audit", "erase", "--identity", "ada")).ExitCode.ShouldBe(2);
        (await _folder.RunAsync("audit", "erase", "--identity", "ada", "--reason", " ")).Errors.ShouldBe(["audit: --reason is expected to say why, got nothing"]);
    }

    [Fact]
    public async Task An_export_is_JSON_Lines_of_the_record()
    {
        await _folder.AddAsync("ada", 3);
        await _folder.AddAsync("bob", 2);
        await _folder.AnchorAsync();

        (await RecordsAsync()).ShouldBe(["entry", "entry", "entry", "head", "entry", "entry", "head", "checkpoint", "leaf", "leaf"], ignoreOrder: true);
        (await RecordsAsync("--identity", "bob")).ShouldBe(["entry", "entry", "head", "checkpoint", "leaf"], ignoreOrder: true);
        (await RecordsAsync("--since", "2999-01-01")).ShouldBe(["head", "head"]);
        var wrong = await _folder.RunAsync("audit", "export", "--since", "yesterday");
        wrong.ExitCode.ShouldBe(2);
        wrong.Errors.ShouldBe(["audit: --since is expected in ISO 8601 like 2026-01-31 or 2026-01-31T12:00:00Z, got 'yesterday'"]);
    }

    public void Dispose() => _folder.Dispose();

    async Task<IReadOnlyList<string>> RecordsAsync(params string[] words)
    {
        var result = await _folder.RunAsync(["audit", "export", .. words]);
        result.ExitCode.ShouldBe(0);
        return [.. result.Output.Select(line => (string)JsonNode.Parse(line)!["record"]!)];
    }

    Task DescribeAsync(string id, IdentityStatus status) => _folder.OnStoresAsync(stores => stores.Partitions.EditIdentityAsync(
        id,
        edit =>
        {
            edit.Save("record", new IdentityRecord
            {
                Id = id, Kind = IdentityKind.Person, Status = status, Anchors = [new Anchor("hr", id)], CreatedAt = default, UpdatedAt = default,
            });
            return Task.FromResult(true);
        },
        CancellationToken.None));
}
