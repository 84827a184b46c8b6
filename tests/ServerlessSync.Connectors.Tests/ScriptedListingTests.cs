using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Conformance;
using ServerlessSync.TestKit.Scripted;
using ServerlessSync.TestKit.Servers;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.Tests;

public class ScriptedListingTests : ListingConformance
{
    static readonly CancellationToken None = CancellationToken.None;

    protected virtual bool Ordered => true;

    protected override Task<ListingStand> StandAsync(IReadOnlyList<SeedAccount> accounts)
    {
        var connector = Connector(accounts);
        connector.Listing.PageSize = 100;
        return Task.FromResult(new ListingStand(connector, connector, a => a.UserName)
        {
            RightPrefix = "group:",
            AddAsync = name =>
            {
                connector.PutNatively(name, new ScriptedAccount(null, Active: true, new Dictionary<string, string>(), [], Sessions: 0));
                return Task.CompletedTask;
            },
            RemoveAsync = name =>
            {
                connector.RemoveNatively(name);
                return Task.CompletedTask;
            },
            CutOffAsync = () =>
            {
                connector.Listing.On = _ => PageFault.ServerError;
                return Task.CompletedTask;
            },
        });
    }

    [Theory]
    [InlineData(PageFault.None, "1234567")]
    [InlineData(PageFault.Scant, "1234567")]
    [InlineData(PageFault.Empty, "1234567")]
    [InlineData(PageFault.Repeat, "12334567")]
    [InlineData(PageFault.End, "123")]
    public async Task A_page_is_spoilt_as_scripted(PageFault fault, string expected)
    {
        var connector = Connector([.. Enumerable.Range(1, 7).Select(n => new SeedAccount(null, $"{n}"))]);
        connector.Listing.Ordered = true;
        connector.Listing.On = page => page is { List: ListKind.Accounts, Number: 2 } ? fault : PageFault.None;

        string.Concat((await AllPages.ReadAsync(connector.ReadPageAsync)).Select(a => a.Key)).ShouldBe(expected);
    }

    [Theory]
    [InlineData(PageFault.ServerError, FailureKind.Transient)]
    [InlineData(PageFault.Incomplete, FailureKind.Incomplete)]
    public async Task A_page_fails_as_scripted_and_is_given_when_asked_again(PageFault fault, FailureKind kind)
    {
        var connector = Connector(SeedAccount.Many(21, "readers"));
        connector.Listing.On = page => page is { Number: 7, Occurrence: 1 } ? fault : PageFault.None;
        string? token = null;
        for (var page = 1; page < 7; page++)
        {
            token = (await connector.ReadGrantPageAsync(token, None)).NextToken;
        }

        (await Should.ThrowAsync<ConnectorException>(() => connector.ReadGrantPageAsync(token, None))).Kind.ShouldBe(kind);
        (await connector.ReadGrantPageAsync(token, None)).Items.Count.ShouldBe(3);
    }

    [Fact]
    public async Task The_feed_tells_what_changed_and_forgets()
    {
        var connector = Connector(SeedAccount.Many(10));
        var begin = await connector.ReadChangesAsync(null, None);
        begin.Items.ShouldBeEmpty();
        connector.PutNatively("new", new ScriptedAccount(null, Active: false, new Dictionary<string, string>(), [], Sessions: 0));
        connector.RemoveNatively("person00001");

        var changes = await connector.ReadChangesAsync(begin.Cursor, None);
        connector.Listing.KeptChanges = 1;

        (changes.Items.ShouldHaveSingleItem().Key, changes.More).ShouldBe(("new", false));
        (await connector.ReadChangesAsync(begin.Cursor, None)).ReadEverything.ShouldNotBeNull();
        (await connector.ReadChangesAsync(changes.Cursor, None)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Credentials_are_listed_unless_they_may_not_be()
    {
        var connector = Connector([]);
        var credential = new TargetCredential("", "password", "f", null);
        connector.PutNatively("a", new ScriptedAccount("m", Active: true, new Dictionary<string, string>(), [], Sessions: 0) { Credentials = [credential] });

        (await connector.ReadCredentialPageAsync(null, None)).Items.ShouldBe([credential with { AccountKey = "a" }]);
        connector.Listing.CredentialFailure = FailureKind.Unauthorised;
        (await Should.ThrowAsync<ConnectorException>(() => connector.ReadCredentialPageAsync(null, None))).Kind.ShouldBe(FailureKind.Unauthorised);
    }

    ScriptedConnector Connector(IReadOnlyList<SeedAccount> accounts)
    {
        var connector = new ScriptedConnector("saas", new Script());
        connector.Listing.Ordered = Ordered;
        foreach (var account in accounts)
        {
            connector.PutNatively(
                account.UserName,
                new ScriptedAccount(account.Mark, account.Active, account.Attributes, [.. account.Rights.Select(r => "group:" + r).Order(StringComparer.Ordinal)], Sessions: 0));
        }

        return connector;
    }
}

public sealed class UnorderedScriptedListingTests : ScriptedListingTests
{
    protected override bool Ordered => false;
}
