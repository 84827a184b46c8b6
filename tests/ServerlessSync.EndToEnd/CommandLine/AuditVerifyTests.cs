using ServerlessSync.Mesh.Authority;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.EndToEnd.CommandLine;

/// <summary><c>audit verify</c> on a data folder that somebody changed by SQL while no host ran, and on an anchor file somebody changed.</summary>
public sealed class AuditVerifyTests : IDisposable
{
    static readonly string Stream = IdentityIds.From(new Anchor("hr", "100"));

    readonly AuditFolder _folder = new();

    [Theory]
    [InlineData("UPDATE rows SET body = CAST(replace(CAST(body AS TEXT), '\"verified\"', '\"enforced\"') AS BLOB) WHERE rk = 'audit-000000000002'", 2)]
    [InlineData("UPDATE rows SET body = CAST(replace(CAST(body AS TEXT), 'step 3', 'step 9') AS BLOB) WHERE rk = 'payload-000000000003'", 3)]
    [InlineData("UPDATE rows SET body = CAST(replace(CAST(body AS TEXT), '\",\"content\":\"', '') AS BLOB) WHERE rk = 'payload-000000000003'", 3)]
    [InlineData("DELETE FROM rows WHERE rk = 'audit-000000000002'", 2)]
    [InlineData("DELETE FROM rows WHERE rk = 'audit-000000000004'", 4)]
    public async Task A_row_changed_by_SQL_is_named(string sql, int entry)
    {
        await _folder.AddAsync(Stream, 4);
        (await _folder.VerifyAsync("--without-anchor")).ExitCode.ShouldBe(0);

        _folder.Change(sql).ShouldBe(1);
        var result = await _folder.VerifyAsync("--without-anchor");

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldContain(line => line.StartsWith($"audit: {TableNames.Identities}/{Stream} entry {entry}: ", StringComparison.Ordinal));
        result.Output.ShouldContain(line => line.StartsWith("audit: FAIL ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_cut_by_SQL_together_with_every_checkpoint_is_found_by_the_anchor_and_by_nothing_else()
    {
        await _folder.AddAsync(Stream, 4);
        (await _folder.VerifyAsync("--without-anchor")).Output.ShouldContain("audit: OK streams=1 entries=4 erased=0 checkpoints=0 unanchored=4 faults=0");
        await _folder.AnchorAsync();
        var honest = await _folder.VerifyAsync();
        honest.ExitCode.ShouldBe(0);
        honest.Output[0].ShouldBe("audit: OK streams=1 entries=4 erased=0 checkpoints=1 unanchored=0 faults=0");

        _folder.Change($"DELETE FROM rows WHERE tbl = 'checkpoints' OR pk = '{Stream}'").ShouldBeGreaterThan(9);
        var cut = await _folder.VerifyAsync();
        cut.ExitCode.ShouldBe(1);
        cut.Output[0].ShouldBe("audit: checkpoint 1: stands in the anchor and not in the store: the chain was cut");

        Directory.Delete(Path.GetDirectoryName(_folder.AnchorFile)!, recursive: true);
        var blind = await _folder.VerifyAsync("--without-anchor");
        blind.ExitCode.ShouldBe(0);
        blind.Output.ShouldContain(line => line.StartsWith("audit: without an anchor ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_torn_last_line_of_the_anchor_is_mended_by_the_next_start()
    {
        await _folder.AddAsync(Stream, 2);
        await _folder.AnchorAsync();
        await File.AppendAllTextAsync(_folder.AnchorFile, (await File.ReadAllTextAsync(_folder.AnchorFile))[..60]);
        (await _folder.VerifyAsync()).ExitCode.ShouldBe(0);

        await _folder.AddAsync(Stream, 1);
        await _folder.AnchorAsync();

        (await _folder.VerifyAsync()).Output[0].ShouldBe("audit: OK streams=1 entries=3 erased=0 checkpoints=2 unanchored=0 faults=0");
        (await File.ReadAllLinesAsync(_folder.AnchorFile)).Length.ShouldBe(2);
    }

    [Fact]
    public async Task An_anchor_file_that_was_shortened_or_changed_is_told_as_what_it_is()
    {
        await _folder.AddAsync(Stream, 2);
        await _folder.AnchorAsync();
        await _folder.AddAsync(Stream, 2);
        await _folder.AnchorAsync();
        var lines = await File.ReadAllLinesAsync(_folder.AnchorFile);

        await File.WriteAllTextAsync(_folder.AnchorFile, lines[0] + "\n");
        var shortened = await _folder.VerifyAsync();
        shortened.ExitCode.ShouldBe(1);
        shortened.Output[0].ShouldBe("audit: checkpoint 2: had been appended to the anchor, which ends with checkpoint 1: the anchor was shortened from 2");
        shortened.Output[1].ShouldContain(" unanchored=2 ");

        await File.WriteAllLinesAsync(_folder.AnchorFile, [lines[0].Replace("\"leaves\":1", "\"leaves\":2", StringComparison.Ordinal), lines[1]]);
        (await _folder.VerifyAsync()).Output[0].ShouldBe("audit: anchor line 1: changed: its hash does not fit its content");
    }

    [Fact]
    public async Task An_anchor_that_is_asked_for_and_absent_or_inside_the_data_is_a_mistake_of_the_caller()
    {
        await _folder.AddAsync(Stream, 1);

        var absent = await _folder.RunAsync("audit", "verify", "--anchor", _folder.Data + "-elsewhere");
        absent.ExitCode.ShouldBe(2);
        absent.Errors.ShouldHaveSingleItem().ShouldContain("-elsewhere");

        var inside = await Kill.HostProgram.RunAsync(_folder.ServeWords(Path.Combine(_folder.Data, "anchor")), Kill.KillYaml.UnreachedEnvironment, CancellationToken.None);
        inside.ExitCode.ShouldBe(2);
        inside.Errors.ShouldHaveSingleItem().ShouldContain("lies in the data folder");
    }

    [Fact]
    public async Task The_key_that_signs_is_its_owners_alone()
    {
        await _folder.AddAsync(Stream, 1);
        await _folder.AnchorAsync();

        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(_folder.KeyFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        (await File.ReadAllTextAsync(_folder.KeyFile)).ShouldStartWith("-----BEGIN PRIVATE KEY-----");
    }

    public void Dispose() => _folder.Dispose();
}
