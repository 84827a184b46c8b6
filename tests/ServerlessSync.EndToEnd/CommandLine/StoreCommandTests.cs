using ServerlessSync.EndToEnd.Kill;

namespace ServerlessSync.EndToEnd.CommandLine;

/// <summary><c>store backup</c>, <c>store check</c> and <c>store restore</c> beside a host that runs.</summary>
public sealed class StoreCommandTests : IDisposable
{
    static readonly TimeSpan LongestTest = TimeSpan.FromMinutes(5);
    static readonly Dictionary<string, string> Nothing = [];

    readonly string _folder = Directory.CreateTempSubdirectory("serverlesssync-store-").FullName;

    string Backup => Path.Combine(_folder, "backup.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_backup_made_beside_a_running_host_is_restored_and_what_came_after_it_is_sent_again_and_done_once()
    {
        using var limit = new CancellationTokenSource(LongestTest, TimeProvider.System);
        var (ada, bob, eve) = (Joiner("1", "ada"), Joiner("2", "bob"), Joiner("3", "eve"));
        await using var world = await KillWorld.StartAsync(KillWorld.OnSqlite, foreign: null, limit.Token);
        await using (var host = await world.StartHostAsync(limit.Token))
        {
            using var client = HostApi.ClientOf(host);
            await CarryAsync(client, [ada, bob], limit.Token);

            (await StoreAsync(world.DataFolder, "backup", "--to", Backup)).Output.ShouldHaveSingleItem().ShouldStartWith("store: OK rows=");
            (await StoreAsync(world.DataFolder, "check")).Output.ShouldHaveSingleItem().ShouldStartWith("store: OK rows=");
            ShouldRefuse(await StoreAsync(world.DataFolder, "backup", "--to", Backup), "exists");
            ShouldRefuse(await StoreAsync(world.DataFolder, "restore", "--from", Backup), FormattableString.Invariant($"process {host.Id} "));
            await CarryAsync(client, [eve], limit.Token);
            await host.KillAsync();
        }

        ShouldRefuse(await StoreAsync(world.DataFolder, "restore", "--from", Backup), "away first");
        Directory.Move(world.DataFolder, world.DataFolder + "-lost");
        (await StoreAsync(world.DataFolder, "restore", "--from", Backup)).Output.ShouldHaveSingleItem().ShouldStartWith("store: OK rows=");

        await using var successor = await world.StartHostAsync(limit.Token);
        using var again = HostApi.ClientOf(successor);
        (await HostApi.ListAsync(again, "identities?top=1000", limit.Token)).Select(RegistryView.UserNameOf).Order()
            .ShouldBe([ada.Person.UserName, bob.Person.UserName]);
        await CarryAsync(again, [eve], limit.Token);
        var expected = new ExpectedWorld(new Person("0", "nobody", "Nobody"));
        foreach (var said in (HrEvent[])[ada, bob, eve])
        {
            expected.Apply(said);
        }

        EffectList.ShouldBeSame(world.ReadEffects(), expected.Effects, "after the restore");
    }

    [Fact]
    public async Task Without_a_store_or_a_backup_the_commands_say_where_they_looked()
    {
        var data = Path.Combine(_folder, "data");

        ShouldRefuse(await StoreAsync(data, "backup", "--to", Backup), data);
        ShouldRefuse(await StoreAsync(data, "check"), data);
        ShouldRefuse(await StoreAsync(data, "restore", "--from", Backup), Backup);
        File.Exists(Backup).ShouldBeFalse();
    }

    [Fact]
    public async Task A_file_that_is_no_backup_is_not_restored()
    {
        var data = Path.Combine(_folder, "data");
        await File.WriteAllTextAsync(Backup, new string('x', 9000));

        var result = await StoreAsync(data, "restore", "--from", Backup);

        result.ExitCode.ShouldBe(1);
        result.Errors.ShouldHaveSingleItem().ShouldStartWith("store: SQLite 26 ");
        Directory.GetFiles(data).ShouldBeEmpty();
    }

    static HrEvent Joiner(string number, string local) => new(new Person(number, local, local), 1, HrEvent.Hired, "Sales", "Clerk");

    static async Task CarryAsync(HttpClient client, HrEvent[] events, CancellationToken cancellationToken)
    {
        foreach (var said in events)
        {
            (await HostApi.SendAsync(client, said, cancellationToken)).ShouldBeTrue();
        }

        await HostApi.SettleAsync(client, events, cancellationToken);
    }

    static Task<CommandResult> StoreAsync(string data, string verb, params string[] words) =>
        HostProgram.RunAsync(["store", verb, "--data", data, .. words], Nothing, CancellationToken.None);

    static void ShouldRefuse(CommandResult result, string because)
    {
        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        result.Errors.ShouldHaveSingleItem().ShouldContain(because);
    }
}
