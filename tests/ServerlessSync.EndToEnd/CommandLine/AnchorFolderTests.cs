using ServerlessSync.EndToEnd.Kill;
using ServerlessSync.Mesh.Authority;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.EndToEnd.CommandLine;

/// <summary>What becomes of a record whose anchor folder, or a key in it, is another one than before.</summary>
public sealed class AnchorFolderTests : IDisposable
{
    static readonly string Stream = IdentityIds.From(new Anchor("hr", "100"));

    readonly AuditFolder _folder = new();

    string PublicKey => Path.ChangeExtension(_folder.KeyFile, ".pub.pem");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_restored_store_goes_on_in_a_new_anchor_folder_and_verifies_once_the_earlier_key_is_there()
    {
        var (backup, anchor) = (_folder.Data + "-backup.db", _folder.Data + "-anchor-2");
        await _folder.AddAsync(Stream, 2);
        await _folder.AnchorAsync();
        (await _folder.RunAsync("store", "backup", "--to", backup)).ExitCode.ShouldBe(0);
        await _folder.AddAsync(Stream, 1);
        await _folder.AnchorAsync();
        Directory.Delete(_folder.Data, recursive: true);
        (await _folder.RunAsync("store", "restore", "--from", backup)).ExitCode.ShouldBe(0);

        await _folder.AddAsync(Stream, 4);
        await _folder.AnchorAsync("--anchor", anchor);
        var unknown = await _folder.VerifyAsync("--anchor", anchor);
        unknown.ExitCode.ShouldBe(1);
        unknown.Output[0].ShouldBe("audit: anchor line 1: signed with a key that does not count here");

        File.Copy(PublicKey, Path.Combine(anchor, "earlier.pub.pem"));
        var known = await _folder.VerifyAsync("--anchor", anchor);
        // One stream more than was made here: the host records that the new anchor is empty.
        known.Output[0].ShouldStartWith("audit: OK streams=2 ");
        known.ExitCode.ShouldBe(0);
        (await _folder.VerifyAsync()).Output[0].ShouldBe("audit: checkpoint 2: another one stands in the anchor: the chain was forked or rewritten");
    }

    [Fact]
    public async Task A_host_whose_signing_key_is_gone_or_another_does_not_start_and_names_the_file()
    {
        await _folder.AddAsync(Stream, 1);
        await _folder.AnchorAsync();
        await _folder.AnchorAsync("--anchor", _folder.Data + "-anchor-2");

        File.Move(_folder.KeyFile, _folder.KeyFile + ".lost");
        await ShouldRefuseAsync($"'{_folder.KeyFile}' is gone");
        File.Exists(_folder.KeyFile).ShouldBeFalse();

        File.Copy(Path.Combine(_folder.Data + "-anchor-2", "audit-key.pem"), _folder.KeyFile);
        await ShouldRefuseAsync($"'{PublicKey}' is not the public half");

        File.Move(_folder.KeyFile + ".lost", _folder.KeyFile, overwrite: true);
        await _folder.AnchorAsync();
        (await _folder.VerifyAsync()).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Without_an_anchor_a_record_passes_only_when_that_is_asked_for()
    {
        await _folder.AddAsync(Stream, 4);
        await _folder.AnchorAsync();
        Directory.Move(_folder.Data + "-anchor", _folder.Data + "-moved");

        var misled = await _folder.VerifyAsync();
        misled.ExitCode.ShouldBe(2);
        misled.Output.ShouldBeEmpty();
        misled.Errors.ShouldHaveSingleItem().ShouldBe($"audit: there is no anchor at {_folder.Data}-anchor; name its folder with --anchor, or say --without-anchor");

        var asked = await _folder.VerifyAsync("--without-anchor");
        asked.ExitCode.ShouldBe(0);
        asked.Output.ShouldContain(line => line.StartsWith("audit: without an anchor ", StringComparison.Ordinal));
        (await _folder.VerifyAsync("--anchor", _folder.Data + "-moved")).ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData("http://example.table.core.windows.net/?sv=1&sig=c2VjcmV0")]
    [InlineData("https://example.table.core.windows.net/?sv=1&sig=c2VjcmV0")]
    public async Task A_shared_access_signature_is_refused_and_never_printed(string endpoint)
    {
        var result = await _folder.VerifyAsync("--without-anchor", "--store", "tables", "--tables", endpoint);

        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldHaveSingleItem().ShouldStartWith("audit: --tables: Table endpoint ");
        result.Errors[0].ShouldNotContain("c2VjcmV0");
    }

    async Task ShouldRefuseAsync(string because)
    {
        var result = await HostProgram.RunAsync(_folder.ServeWords(Path.GetDirectoryName(_folder.KeyFile)!), KillYaml.UnreachedEnvironment, CancellationToken.None);
        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldHaveSingleItem().ShouldContain(because);
    }
}
