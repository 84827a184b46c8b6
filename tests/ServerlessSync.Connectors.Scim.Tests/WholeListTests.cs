using FsCheck;
using FsCheck.Fluent;
using ServerlessSync.TestKit;
using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.Scim.Tests;

/// <summary>A list is read whole, or is not read at all: services that page badly, and lists that change while they are read.</summary>
public sealed class WholeListTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task A_service_may_give_fewer_than_asked(int most)
    {
        using var service = Service(25);
        service.Most = most;

        (await ReadAsync(service)).ShouldBe(service.Ids);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(9)]
    public async Task A_service_may_refuse_to_begin_behind_its_end(int count)
    {
        using var service = Service(count);
        service.RefusesBeyond = true;

        (await ReadAsync(service)).ShouldBe(service.Ids);
    }

    [Fact]
    public async Task A_service_that_stops_early_gives_no_list()
    {
        using var service = Service(25);
        service.EmptyFrom = 15;

        await ShouldBeIncomplete(service);
    }

    [Fact]
    public async Task A_service_that_counts_the_page_alone_gives_no_list()
    {
        using var service = Service(25);
        service.CountsThePage = true;

        await ShouldBeIncomplete(service);
    }

    [Fact]
    public async Task A_service_that_gives_the_same_page_again_gives_no_list()
    {
        using var service = Service(25);
        service.IgnoresStart = true;

        await ShouldBeIncomplete(service);
        service.Asked.ShouldBeLessThan(10);
    }

    [Fact]
    public async Task A_service_that_gives_everything_at_once_gives_a_list()
    {
        using var service = Service(9);
        service.IgnoresStart = true;

        (await ReadAsync(service)).ShouldBe(service.Ids);
    }

    [Fact]
    public async Task A_list_that_lost_its_place_is_not_read_on()
    {
        using var service = Service(25);

        await ShouldBeIncomplete(service, page => service.Ids.RemoveRange(5, 5));
    }

    [Fact]
    public async Task A_list_whose_order_changes_is_not_read_on()
    {
        using var service = Service(25);

        await ShouldBeIncomplete(service, page =>
        {
            service.Ids.RemoveAt(20);
            service.Ids.Insert(0, "u21");
        });
    }

    [Fact]
    public async Task A_list_without_room_for_a_mark_must_not_change()
    {
        using var service = Service(25);
        service.Most = 1;

        await ShouldBeIncomplete(service, page => service.Ids.RemoveAt(0));
    }

    [Fact]
    public async Task A_list_that_grew_at_its_end_is_read_to_its_new_end()
    {
        using var service = Service(20);

        var read = await ReadAsync(service, page => service.Ids.AddRange(page < 3 ? [$"new{page}"] : []));

        read.ShouldBe(service.Ids);
    }

    [Fact]
    public void Whatever_comes_and_goes_the_rest_is_read_once_or_the_read_is_incomplete()
    {
        var complete = 0;
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            using var service = Service(random.Next(60));
            service.Most = random.Next(1, 15);
            var stays = service.Ids.ToHashSet(StringComparer.Ordinal);
            var made = 0;
            var read = ReadOrNullAsync(service, _ =>
            {
                for (var change = random.Next(4); change > 0; change--)
                {
                    if (random.Next(2) == 0 && service.Ids.Count > 0)
                    {
                        var at = random.Next(service.Ids.Count);
                        stays.Remove(service.Ids[at]);
                        service.Ids.RemoveAt(at);
                    }
                    else
                    {
                        service.Ids.Insert(random.Next(service.Ids.Count + 1), $"new{++made}");
                    }
                }
            }).GetAwaiter().GetResult();
            if (read is not null)
            {
                complete++;
                read.Where(stays.Contains).ShouldBe(stays, ignoreOrder: true);
            }
        }).QuickCheckThrowOnFailure();
        complete.ShouldBeGreaterThan(20);
    }

    static ListService Service(int count)
    {
        var service = new ListService();
        service.Ids.AddRange(Enumerable.Range(1, count).Select(n => $"u{n}"));
        return service;
    }

    static async Task<IReadOnlyList<string>> ReadAsync(ListService service, Action<int>? betweenPages = null)
    {
        var read = await AllPages.ReadAsync(service.Connector.ReadPageAsync, page =>
        {
            betweenPages?.Invoke(page);
            return page < 200 ? Task.CompletedTask : throw new InvalidOperationException("The list has no end.");
        });
        return [.. read.Select(a => a.Key)];
    }

    static async Task<IReadOnlyList<string>?> ReadOrNullAsync(ListService service, Action<int> betweenPages)
    {
        try
        {
            return await ReadAsync(service, betweenPages);
        }
        catch (ConnectorException e) when (e.Kind == FailureKind.Incomplete)
        {
            return null;
        }
    }

    static async Task ShouldBeIncomplete(ListService service, Action<int>? betweenPages = null) =>
        (await Should.ThrowAsync<ConnectorException>(() => ReadAsync(service, betweenPages))).Kind.ShouldBe(FailureKind.Incomplete);
}
