using ServerlessSync.EndToEnd.Kill;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Authority;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Storage.Sqlite;

namespace ServerlessSync.EndToEnd.CommandLine;

/// <summary><c>audit verify</c> on a data folder that somebody changed by SQL while no host ran.</summary>
public sealed class AuditVerifyTests : IDisposable
{
    static readonly string Stream = IdentityIds.From(new Anchor("hr", "100"));
    static readonly Dictionary<string, string> Nothing = [];

    readonly string _data = Directory.CreateTempSubdirectory("serverlesssync-audit-").FullName;

    string File => Path.Combine(_data, "mesh.db");

    [Theory]
    [InlineData("UPDATE rows SET body = CAST(replace(CAST(body AS TEXT), '\"verified\"', '\"enforced\"') AS BLOB) WHERE rk = 'audit-000000000002'", 2)]
    [InlineData("UPDATE rows SET body = CAST(replace(CAST(body AS TEXT), 'step 3', 'step 9') AS BLOB) WHERE rk = 'payload-000000000003'", 3)]
    [InlineData("DELETE FROM rows WHERE rk = 'audit-000000000002'", 2)]
    [InlineData("DELETE FROM rows WHERE rk = 'audit-000000000004'", 4)]
    public async Task A_row_changed_by_SQL_is_named(string sql, int entry)
    {
        await WriteEntriesAsync();
        (await VerifyAsync()).ExitCode.ShouldBe(0);

        TamperedFile.Change(File, sql).ShouldBe(1);
        var result = await VerifyAsync();

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldContain(line => line.StartsWith($"audit: {TableNames.Identities}/{Stream} entry {entry}: ", StringComparison.Ordinal));
        result.Output.ShouldContain(line => line.StartsWith("audit: FAIL ", StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);

    Task<CommandResult> VerifyAsync() => HostProgram.RunAsync(["audit", "verify", "--data", _data], Nothing, CancellationToken.None);

    async Task WriteEntriesAsync()
    {
        await using var database = SqliteDatabase.Open(new SqliteOptions(File));
        var partitions = new MeshStores(new SqliteRowStore(database), TimeProvider.System).Partitions;
        for (var step = 1; step <= 4; step++)
        {
            var number = step;
            await partitions.EditIdentityAsync(
                Stream,
                edit =>
                {
                    edit.Audit(AuditDraft.Of($"run:{number}", AuditKind.Verified, $"step {number}"));
                    return Task.FromResult(true);
                },
                CancellationToken.None);
        }
    }
}
