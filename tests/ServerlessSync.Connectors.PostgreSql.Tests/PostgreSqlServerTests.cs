using System.Diagnostics;
using ServerlessSync.TestKit.Servers;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.PostgreSql.Tests;

public sealed class PostgreSqlServerTests
{
    [Fact]
    public async Task Statements_are_read_whole_from_the_log_through_a_crash_and_nothing_is_left_after()
    {
        int process;
        await using (var server = await PostgreSqlServer.StartAsync(default))
        {
            await server.ExecuteAsync("CREATE ROLE \"a\n\tb\"", default);
            await server.ExecuteAsync("SELECT 1", default);
            var port = server.Port;
            process = server.ProcessId!.Value;

            await server.KillAsync(default);
            Process.GetProcesses().ShouldNotContain(p => p.Id == process);
            await server.StartAgainAsync(default);

            server.Port.ShouldBe(port);
            await server.CreateGroupRolesAsync(["x: y"], default);
            (await server.ExecuteAsync("SELECT count(*)::int FROM pg_roles WHERE rolname IN (E'a\\n\\tb', 'x: y')", default)).ShouldBe(2);
            server.ReadDdl().ShouldBe(["CREATE ROLE \"a\n\tb\"", "CREATE ROLE \"x: y\" NOLOGIN"]);
            process = server.ProcessId!.Value;
        }

        Process.GetProcesses().ShouldNotContain(p => p.Id == process);
    }
}
