using ServerlessSync.EndToEnd.Kill;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Sqlite;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.EndToEnd.CommandLine;

/// <summary>A data folder with an anchor beside it, and what its owner, its host and an intruder do to them.</summary>
sealed class AuditFolder : IDisposable
{
    static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(30);

    readonly string _folder = Directory.CreateTempSubdirectory("serverlesssync-audit-").FullName;

    public AuditFolder() => File.WriteAllText(Configuration, KillYaml.Text);

    public string Data => Path.Combine(_folder, "data");

    public string AnchorFile => Path.Combine(_folder, "data-anchor", "checkpoints.jsonl");

    public string KeyFile => Path.Combine(_folder, "data-anchor", "audit-key.pem");

    public string Configuration => Path.Combine(_folder, "mesh.yaml");

    /// <summary>Runs a command on the data.</summary>
    public Task<CommandResult> RunAsync(params string[] words) => HostProgram.RunAsync([.. words, "--data", Data], KillYaml.UnreachedEnvironment, CancellationToken.None);

    public Task<CommandResult> VerifyAsync(params string[] words) => RunAsync(["audit", "verify", .. words]);

    public Task<ServerProcess> ServeAsync(params string[] words) =>
        HostProgram.ServeUnderAsync([], Configuration, ["--data", Data, .. words], KillYaml.UnreachedEnvironment, CancellationToken.None);

    public string[] ServeWords(string anchor) => [.. HostProgram.ServeWords(Configuration, ["--data", Data]), "--anchor", anchor];

    /// <summary>A host starts and stops, and so takes a checkpoint of what no one has anchored yet; further words go to it.</summary>
    public async Task AnchorAsync(params string[] words)
    {
        await using var host = await ServeAsync(words);
        await host.StopAsync(LongestStop);
        host.ExitCode.ShouldBe(0);
    }

    /// <summary>Adds entries to a stream, a commit each, and leaves the file closed.</summary>
    public async Task AddAsync(string stream, int entries)
    {
        await OnStoresAsync(async stores =>
        {
            for (var step = 1; step <= entries; step++)
            {
                var number = step;
                await stores.Partitions.EditIdentityAsync(
                    stream,
                    edit =>
                    {
                        edit.Audit(AuditDraft.Of($"run:{number}", AuditKind.Verified, $"step {number}"));
                        return Task.FromResult(true);
                    },
                    CancellationToken.None);
            }
        });
    }

    public async Task OnStoresAsync(Func<MeshStores, Task> act)
    {
        await using var database = SqliteDatabase.Open(new SqliteOptions(Path.Combine(Data, "mesh.db")));
        await act(new MeshStores(new SqliteRowStore(database), TimeProvider.System));
    }

    /// <summary>Runs SQL on the closed file as somebody does who knows it well, and answers how many rows the last statement changed.</summary>
    public int Change(string sql) => TamperedFile.Change(Path.Combine(Data, "mesh.db"), sql);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
