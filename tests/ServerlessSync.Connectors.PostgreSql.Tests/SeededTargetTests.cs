using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Servers;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.PostgreSql.Tests;

/// <summary>A cluster with many roles made at once, and drift planted by SQL.</summary>
public sealed class SeededTargetTests
{
    static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Planted_drift_is_all_that_the_lists_show_of_many_roles()
    {
        var count = Sweep.Pick(200, 10_000);
        await using var server = await PostgreSqlServer.StartAsync(None);
        var laps = new LapTimes($"PostgreSQL, {count} roles");
        var seeded = SeedAccount.Many(count, "everyone", "third", "fifth").Select((a, i) => a with { Active = i != 19 }).ToList();
        await server.SeedAsync(seeded, None);
        laps.Lap("seeded in");
        await using var connector = PostgreSqlFixture.Connect(server);

        var expected = await PlantAsync(server, seeded);
        laps.Lap("drift planted in");
        var accounts = await AllPages.ReadAsync(connector.ReadPageAsync);
        laps.Lap("accounts read in");
        var grants = await AllPages.ReadAsync(connector.ReadGrantPageAsync);
        laps.Lap("grants read in");
        var passwords = await AllPages.ReadAsync(connector.ReadCredentialPageAsync);
        laps.Lap("passwords read in");
        foreach (var account in seeded.Skip(50).Take(100))
        {
            (await connector.FindByKeyAsync(account.UserName, None))!.OwnerMark.ShouldBe(account.Mark);
            (await connector.FindByMarkAsync(account.Mark!, None))!.Key.ShouldBe(account.UserName);
            (await connector.ReadGrantsAsync(account.UserName, None)).Count.ShouldBe(account.Rights.Count);
        }

        laps.Lap("100 roles read by key, mark and grants in");
        laps.Show();
        accounts.Select(a => $"{a.UserName} {a.OwnerMark} {a.Active}").Order(StringComparer.Ordinal)
            .ShouldBe(expected.Select(a => $"{a.UserName} {a.Mark} {a.Active}").Append("admin  True").Order(StringComparer.Ordinal));
        grants.Select(g => $"{g.AccountKey} {g.Name}").Order(StringComparer.Ordinal)
            .ShouldBe(expected.SelectMany(a => a.Rights.Select(r => $"{a.UserName} role:{r}")).Order(StringComparer.Ordinal));
        passwords.Select(p => p.AccountKey).ShouldBe(["admin", seeded[15].UserName]);
    }

    static async Task<IReadOnlyCollection<SeedAccount>> PlantAsync(PostgreSqlServer server, List<SeedAccount> seeded)
    {
        var drift = new PostgreSqlDrift(server);
        var expected = seeded.ToDictionary(a => a.UserName, StringComparer.Ordinal);
        async Task Plant(int index, Func<string, Task> plant, Func<SeedAccount, SeedAccount> change)
        {
            await plant(seeded[index].UserName);
            expected[seeded[index].UserName] = change(seeded[index]);
        }

        await Plant(10, name => drift.DisableAsync(name, None), a => a with { Active = false });
        await Plant(19, name => drift.EnableAsync(name, None), a => a with { Active = true });
        await Plant(11, name => drift.RemoveMarkAsync(name, None), a => a with { Mark = null });
        await Plant(12, name => drift.AddRightAsync(name, "fifth", None), a => a with { Rights = [.. a.Rights, "fifth"] });
        await Plant(13, name => drift.RemoveRightAsync(name, "everyone", None), a => a with { Rights = [.. a.Rights.Where(r => r != "everyone")] });
        await Plant(15, name => drift.SetPasswordAsync(name, "secret", null, None), a => a);
        await Plant(16, name => drift.RenameAsync(name, "renamed", None), a => a with { UserName = "renamed" });
        await drift.DeleteAsync(seeded[17].UserName, None);
        expected.Remove(seeded[17].UserName);
        await drift.AddForeignAsync("stranger", None);
        await drift.AddMarkedAsync("double", seeded[18].Mark!, None);
        return [.. expected.Values, new SeedAccount(null, "stranger"), new SeedAccount(seeded[18].Mark, "double")];
    }
}
