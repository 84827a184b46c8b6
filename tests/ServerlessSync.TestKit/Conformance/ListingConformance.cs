using ServerlessSync.Connectors;
using ServerlessSync.TestKit.Servers;
using Shouldly;
using Xunit;

namespace ServerlessSync.TestKit.Conformance;

/// <summary>What every connector's lists must be: whole, without repeats, and the same as what is read one by one.</summary>
public abstract class ListingConformance
{
    /// <summary>The names of the rights that a target has.</summary>
    protected static readonly string[] Rights = ["readers", "writers", "nobody", "Ünïcode & \"quoted\""];

    static readonly CancellationToken None = CancellationToken.None;

    /// <summary>A target that holds these accounts and the rights of <see cref="Rights"/>.</summary>
    protected abstract Task<ListingStand> StandAsync(IReadOnlyList<SeedAccount> accounts);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(199)]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(1000)]
    public async Task Every_account_and_every_grant_comes_once_in_the_order_claimed(int count)
    {
        var seeded = Seeded(count);
        var stand = await StandAsync(seeded);

        var keys = (await stand.ReadAccountsAsync()).Select(a => a.Key).ToList();
        var grants = await stand.ReadGrantsAsync();

        keys.Order(StringComparer.Ordinal).ShouldBe(seeded.Select(stand.KeyOf).Concat(stand.Others).Order(StringComparer.Ordinal));
        if (stand.Accounts.Describe().OrdersByKey)
        {
            keys.ShouldBe(keys.Order(StringComparer.Ordinal));
        }

        grants.Select(g => $"{g.AccountKey} {g.Name}").Order(StringComparer.Ordinal)
            .ShouldBe(seeded.SelectMany(a => a.Rights.Select(r => $"{stand.KeyOf(a)} {stand.RightPrefix}{r}")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_the_pages_say_of_an_account_is_what_it_says_itself()
    {
        var seeded = Seeded(250);
        var stand = await StandAsync([.. seeded, new SeedAccount(null, "foreign"), new SeedAccount("id-off", "off") { Active = false }]);

        var accounts = await stand.ReadAccountsAsync();
        var grants = (await stand.ReadGrantsAsync()).ToLookup(g => g.AccountKey, g => g.Name);

        foreach (var account in accounts.Where((a, i) => i % 5 == 0 || a.OwnerMark is null || !a.Active))
        {
            var found = (await stand.Accounts.FindByKeyAsync(account.Key, None)).ShouldNotBeNull();
            found.ShouldBeEquivalentTo(account);
            (await stand.Grants.ReadGrantsAsync(account.Key, None)).ShouldBe(grants[account.Key].Order(StringComparer.Ordinal));
        }

        accounts.Single(a => !a.Active).OwnerMark.ShouldBe("id-off");
        accounts.Count(a => a.OwnerMark is null).ShouldBe(1 + stand.Others.Count);
    }

    [Fact]
    public async Task A_page_may_be_read_again()
    {
        var stand = await StandAsync(Seeded(1_100));
        var first = await stand.Accounts.ReadPageAsync(continuationToken: null, None);
        first.NextToken.ShouldNotBeNull();

        var second = await stand.Accounts.ReadPageAsync(first.NextToken, None);
        var again = await stand.Accounts.ReadPageAsync(first.NextToken, None);

        again.Items.Select(a => a.Key).ShouldBe(second.Items.Select(a => a.Key));
        again.NextToken.ShouldBe(second.NextToken);
    }

    [Fact]
    public async Task Accounts_that_stay_are_read_once_while_others_come_and_go()
    {
        var seeded = Seeded(1_300);
        var leaving = seeded.Where((_, i) => i % 40 == 7).ToList();
        var stand = await StandAsync(seeded);

        var removed = 0;
        var read = await stand.ReadAccountsAsync(async page =>
        {
            await stand.AddAsync($"added{page}");
            foreach (var account in leaving.Skip(removed).Take(11))
            {
                await stand.RemoveAsync(account.UserName);
            }

            removed += 11;
        });

        removed.ShouldBeGreaterThan(0);
        var left = leaving.Take(removed).Select(stand.KeyOf).ToHashSet(StringComparer.Ordinal);
        var staying = seeded.Select(stand.KeyOf).Where(key => !left.Contains(key)).ToList();
        var keys = read.Select(a => a.Key).Where(key => !left.Contains(key)).Intersect(staying, StringComparer.Ordinal).ToList();
        keys.Order(StringComparer.Ordinal).ShouldBe(staying.Order(StringComparer.Ordinal));
        read.Select(a => a.Key).ShouldBeUnique();
    }

    [Fact]
    public async Task A_read_that_is_cut_off_fails_and_does_not_end()
    {
        var stand = await StandAsync(Seeded(1_100));

        var read = () => stand.ReadAccountsAsync(page => page == 2 ? stand.CutOffAsync() : Task.CompletedTask);

        (await Should.ThrowAsync<ConnectorException>(read)).Kind.ShouldBeOneOf(FailureKind.Transient, FailureKind.Incomplete);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("1/2/3")]
    [InlineData("bm90IG91cnM=")]
    public async Task A_token_of_somebody_else_is_refused(string token)
    {
        var stand = await StandAsync(Seeded(1));

        (await Should.ThrowAsync<ConnectorException>(() => stand.Grants.ReadGrantPageAsync(token, None))).Kind.ShouldBe(FailureKind.Rejected);
    }

    static IReadOnlyList<SeedAccount> Seeded(int count) => SeedAccount.Many(count, Rights[0], Rights[1], Rights[3]);
}
