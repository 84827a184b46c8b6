using ServerlessSync.Connectors.Http;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Servers;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.Scim.Tests;

/// <summary>A service with many accounts made at once, and drift planted over HTTP.</summary>
public sealed class SeededTargetTests
{
    static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Planted_drift_is_all_that_the_lists_show_of_many_accounts()
    {
        var count = Sweep.Pick(200, 10_000);
        var laps = new LapTimes($"scimmy, {count} accounts");
        var seeded = SeedAccount.Many(count, "everyone", "third", "fifth").Select((a, i) => a with { Active = i != 19 }).ToList();
        await using var server = await ScimServer.StartAsync(["everyone", "third", "fifth"], seeded, None);
        laps.Lap("seeded in");
        using var handler = ConnectorHandlers.Create();
        using var connector = new ScimConnector(
            new ScimOptions { Id = "saas", BaseUrl = server.BaseUrl, Token = _ => ValueTask.FromResult(server.Token) }, handler, TimeProvider.System);

        var expected = await PlantAsync(server, seeded);
        laps.Lap("drift planted in");
        var accounts = await AllPages.ReadAsync(connector.ReadPageAsync);
        laps.Lap("accounts read in");
        var grants = await AllPages.ReadAsync(connector.ReadGrantPageAsync);
        laps.Lap("grants read in");
        foreach (var account in seeded.Skip(50).Take(100))
        {
            (await connector.FindByKeyAsync(account.Id, None))!.OwnerMark.ShouldBe(account.Mark);
            (await connector.FindByMarkAsync(account.Mark!, None))!.Key.ShouldBe(account.Id);
            (await connector.ReadGrantsAsync(account.Id, None)).Count.ShouldBe(account.Rights.Count);
        }

        laps.Lap("100 accounts read by key, mark and grants in");
        laps.Show();
        accounts.Select(Line).Order(StringComparer.Ordinal).ShouldBe(expected.Values.Select(Line).Order(StringComparer.Ordinal));
        grants.Select(g => $"{g.AccountKey} {g.Name}").Order(StringComparer.Ordinal)
            .ShouldBe(expected.SelectMany(e => e.Value.Rights.Select(r => $"{e.Key} group:{r}")).Order(StringComparer.Ordinal));
    }

    static async Task<Dictionary<string, SeedAccount>> PlantAsync(ScimServer server, List<SeedAccount> seeded)
    {
        using var drift = new ScimDrift(server);
        var expected = seeded.ToDictionary(a => a.Id);
        async Task Plant(int index, Func<string, Task> plant, Func<SeedAccount, SeedAccount> change)
        {
            await plant(seeded[index].UserName);
            expected[seeded[index].Id] = change(seeded[index]);
        }

        await Plant(10, name => drift.DisableAsync(name, None), a => a with { Active = false });
        await Plant(19, name => drift.EnableAsync(name, None), a => a with { Active = true });
        await Plant(11, name => drift.RemoveMarkAsync(name, None), a => a with { Mark = null });
        await Plant(12, name => drift.AddRightAsync(name, "fifth", None), a => a with { Rights = [.. a.Rights, "fifth"] });
        await Plant(13, name => drift.RemoveRightAsync(name, "everyone", None), a => a with { Rights = [.. a.Rights.Where(r => r != "everyone")] });
        await Plant(15, name => drift.SetAttributeAsync(name, "department", "Sales", None), a => a with { Attributes = new Dictionary<string, string>(a.Attributes) { ["department"] = "Sales" } });
        await Plant(16, name => drift.SetAttributeAsync(name, "userName", "renamed", None), a => a with { UserName = "renamed" });
        await drift.DeleteAsync(seeded[17].UserName, None);
        expected.Remove(seeded[17].Id);
        expected[await drift.AddForeignAsync("stranger", None)] = new SeedAccount(null, "stranger");
        expected[await drift.AddMarkedAsync("double", seeded[18].Mark!, None)] = new SeedAccount(seeded[18].Mark, "double");
        return expected;
    }

    static string Line(TargetAccount account) => Line(account.UserName, account.OwnerMark, account.Active, account.Attributes);

    static string Line(SeedAccount account) => Line(account.UserName, account.Mark, account.Active, account.Attributes);

    static string Line(string name, string? mark, bool active, IReadOnlyDictionary<string, string> attributes) =>
        $"{name} {mark} {active} {string.Join(' ', attributes.Select(a => $"{a.Key}={a.Value}").Order(StringComparer.Ordinal))}";
}
