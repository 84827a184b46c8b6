using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;
using ServerlessSync.Web.Ops;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>Rows that cannot be read, in every table: each is somebody's exception, once, and everybody else goes on.</summary>
public sealed class DamagedRowTests
{
    static readonly MeshConfiguration Configuration = MeshYaml.For(2, "all: t1=group:All, t2=role:all");
    static readonly string Ada = MeshWorld.IdOf("ada");

    readonly DamagingRowStore _rows = new(new MemoryRowStore());

    public static TheoryData<string, bool> EveryPlace { get; } = new()
    {
        { "inbox", false }, { "inbox", true }, { "claim", false }, { "claim", true }, { "lane", false }, { "lane", true },
        { "record", false }, { "record", true }, { "account", false }, { "grant", false }, { "source", false }, { "audit head", false },
    };

    [Theory]
    [MemberData(nameof(EveryPlace))]
    public async Task A_damaged_row_is_owned_once_others_go_on_and_its_event_is_carried_once_it_is_mended(string place, bool garbled)
    {
        await using var world = new MeshWorld(Configuration, _rows);
        await world.StartAsync();
        await world.CarryAsync(world.Hr("ada", 1));
        var row = At(place);
        if (garbled)
        {
            _rows.Garble(row);
        }
        else
        {
            _rows.Damage(row);
        }

        await world.Stores.Inbox.AcceptAsync([world.Leaver("ada", 2), world.Hr("bob", 1)], CancellationToken.None);
        await EndedAsync(world, Lanes.RunId(MeshWorld.IdOf("bob"), 1));
        await QuietAsync(world, row);
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        var exception = (await world.ExceptionsAsync()).ShouldHaveSingleItem();
        (exception.Kind, exception.Owner).ShouldBe(("row-damaged", "identity-team"));
        exception.Reason.ShouldContain($"Table '{row.Table}', partition '{row.Partition}', key '{row.Key}'");
        world.Targets.Values.ShouldAllBe(t => t.Native["bob@example.com"].Active);

        _rows.Mend(row);
        await world.SettleAsync();
        world.Targets.Values.ShouldAllBe(t => !t.Native["ada@example.com"].Active && t.Native["ada@example.com"].Rights.Count == 0);
        (await world.ExceptionsAsync()).ShouldBeEmpty();
        (await world.Stores.Inbox.FindAsync(Inbox.KeyOf("hr", "ada-2"), CancellationToken.None))!.Status.ShouldBe(InboxStatus.Applied);
    }

    [Fact]
    public async Task A_damaged_exception_holds_up_no_run_and_is_owned_itself()
    {
        await using var world = new MeshWorld(Configuration, _rows);
        await world.StartAsync();
        await world.CarryAsync(world.Hr("ada", 1));
        await world.Stores.Exceptions.OpenAsync(
            new ExceptionItem("x1", "drill", Ada, null, null, "identity-team", "drill", world.Clock.GetUtcNow(), world.Clock.GetUtcNow()), CancellationToken.None);
        var row = new RowAddress(TableNames.Exceptions, Ada, "x-x1");
        _rows.Damage(row);
        await world.CarryAsync(world.Leaver("ada", 2));
        world.Targets.Values.ShouldAllBe(t => !t.Native["ada@example.com"].Active);
        (await world.ExceptionsAsync()).ShouldHaveSingleItem().Reason.ShouldContain($"key '{row.Key}'");
    }

    [Fact]
    public async Task A_damaged_mark_that_an_event_waits_or_a_lane_is_busy_holds_up_nothing()
    {
        await using var world = new MeshWorld(Configuration, _rows);
        await world.StartAsync();
        await world.StopAsync();
        await world.Stores.Inbox.AcceptAsync([world.Hr("ada", 1)], CancellationToken.None);
        await foreach (var mark in _rows.ScanAsync(TableNames.Inbox, KeyRange.All, CancellationToken.None))
        {
            if (mark.Key.StartsWith("p-", StringComparison.Ordinal))
            {
                _rows.Damage(new RowAddress(TableNames.Inbox, mark.Partition, mark.Key));
            }
        }

        await world.StartAsync();
        await world.SettleAsync();
        world.Targets.Values.ShouldAllBe(t => t.Native["ada@example.com"].Active);
        (await world.ExceptionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Lists_leave_out_what_cannot_be_read_and_say_so()
    {
        await using var world = new MeshWorld(Configuration, _rows);
        await world.StartAsync();
        await world.CarryAsync(world.Hr("ada", 1), world.Hr("bob", 1), world.Hr("cleo", 1));
        var row = At("account");
        _rows.Damage(row);
        var reader = new MeshReader(world.Stores);
        var identities = await reader.ListIdentitiesAsync(10, null, CancellationToken.None);
        identities.Items.Count.ShouldBe(2);
        identities.Damaged.ShouldBe([row]);

        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        await world.Stores.Exceptions.OpenAsync(
            new ExceptionItem("x1", "drill", Ada, null, null, "identity-team", "drill", world.Clock.GetUtcNow(), world.Clock.GetUtcNow()), CancellationToken.None);
        _rows.Damage(new RowAddress(TableNames.Exceptions, Ada, "x-x1"));
        var exceptions = await reader.ListExceptionsAsync(10, null, CancellationToken.None);
        exceptions.Damaged.ShouldBe([new RowAddress(TableNames.Exceptions, Ada, "x-x1")]);
    }

    static RowAddress At(string place)
    {
        var inbox = Inbox.KeyOf("hr", "ada-2");
        return place switch
        {
            "inbox" => new RowAddress(TableNames.Inbox, inbox.Partition, inbox.Key),
            "claim" => new RowAddress(TableNames.Claims, "anchor-" + KeyText.Encode(new Anchor("hr", "ada").ToString()), "claim"),
            "lane" => Identity("lane"),
            "record" => Identity("record"),
            "account" => Identity("account-t1"),
            "grant" => Identity("grant-t1-" + KeyText.Encode("group:All")),
            "source" => Identity("source-hr"),
            _ => Identity(ServerlessSync.Mesh.Audit.AuditChain.HeadKey),
        };
    }

    static RowAddress Identity(string key) => new(TableNames.Identities, Ada, key);

    static async Task EndedAsync(MeshWorld world, string run)
    {
        await world.Mesh.SweepOnceAsync(CancellationToken.None);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await world.Client.GetInstanceAsync(run, limit.Token) is null)
        {
            await Task.Yield();
        }

        await world.MoveUntilAsync(world.Client.WaitForInstanceCompletionAsync(run, limit.Token), limit.Token);
    }

    /// <summary>Waits until the row is known to be damaged and no run of the identity is at work.</summary>
    static async Task QuietAsync(MeshWorld world, RowAddress row)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!(await world.ExceptionsAsync()).Any(e => e.Reason.Contains(row.Key, StringComparison.Ordinal)))
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        var run = Lanes.RunId(Ada, 2);
        if (await world.Client.GetInstanceAsync(run, limit.Token) is { HasEnded: false })
        {
            await world.MoveUntilAsync(world.Client.WaitForInstanceCompletionAsync(run, limit.Token), limit.Token);
        }
    }
}
