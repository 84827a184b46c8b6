using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.Scim.Tests;

/// <summary>The rights of all accounts from groups that are large, nested, cut or not shown.</summary>
public sealed class BulkGrantTests
{
    [Fact]
    public async Task A_large_group_is_given_in_parts_and_each_member_once()
    {
        using var service = new GroupService();
        service.Groups["a"] = GroupService.Members(12_345);
        service.Groups["b"] = GroupService.Members(3);

        var (grants, pages) = await service.ReadAsync();

        grants.Count.ShouldBe(12_348);
        grants.ShouldBeUnique();
        pages.Max().ShouldBeLessThanOrEqualTo(5_000);
        grants.Count(g => g.EndsWith(" group:G b", StringComparison.Ordinal)).ShouldBe(3);
    }

    [Fact]
    public async Task A_page_reads_few_groups_and_no_list_of_groups_shows_members()
    {
        using var service = new GroupService();
        foreach (var n in Enumerable.Range(1, 35))
        {
            service.Groups[$"g{n:D2}"] = GroupService.Members(1);
        }

        var (grants, pages) = await service.ReadAsync();

        (grants.Count, pages.Count).ShouldBe((35, 4));
        service.Asked.Where(a => a.Contains("/Groups?", StringComparison.Ordinal)).ShouldAllBe(a => a.Contains("excludedAttributes=members"));
        service.Asked.Count(a => a.Contains("/Groups/", StringComparison.Ordinal)).ShouldBe(35);
    }

    [Fact]
    public async Task Groups_in_groups_are_no_accounts_and_a_member_named_twice_is_one()
    {
        using var service = new GroupService();
        service.Groups["a"] = """[{"value":"u1"},{"value":"g9","type":"group"},{"value":"g8","$ref":"https://saas.example/scim/Groups/g8"},{"value":"u1","type":"User"},{"value":"u0","$ref":"../Users/u0"}]""";

        (await service.ReadAsync()).Grants.ShouldBe(["u0 group:G a", "u1 group:G a"]);
    }

    [Fact]
    public async Task A_service_that_shows_no_members_at_all_gives_no_grants()
    {
        using var service = new GroupService();
        service.Groups["a"] = null;
        service.Groups["b"] = null;

        await ShouldFail(service, FailureKind.Incomplete);

        service.Groups["b"] = GroupService.Members(1);
        (await service.ReadAsync()).Grants.ShouldBe(["u00001 group:G b"]);
        service.Groups["b"] = "[]";
        (await service.ReadAsync()).Grants.ShouldBeEmpty();
        service.Groups.Clear();
        (await service.ReadAsync()).Grants.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(99, true)]
    [InlineData(100, false)]
    [InlineData(101, false)]
    public async Task A_list_as_long_as_the_service_cuts_it_is_not_believed(int members, bool whole)
    {
        using var service = new GroupService(GroupService.Options with { MostMembers = 100 });
        service.Groups["a"] = GroupService.Members(members);

        if (whole)
        {
            (await service.ReadAsync()).Grants.Count.ShouldBe(members);
        }
        else
        {
            await ShouldFail(service, FailureKind.Incomplete);
        }
    }

    [Fact]
    public async Task A_group_larger_than_allowed_and_a_member_without_a_value_are_refused()
    {
        using var service = new GroupService(GroupService.Options with { LargestGroup = 1_000 });
        service.Groups["a"] = GroupService.Members(100);
        await ShouldFail(service, FailureKind.Rejected);

        service.Groups["a"] = """[{"display":"x"}]""";
        await ShouldFail(service, FailureKind.Rejected);
    }

    [Fact]
    public async Task A_group_deleted_meanwhile_is_held_by_nobody_and_a_lost_place_is_not_read_on()
    {
        using var service = new GroupService();
        foreach (var n in Enumerable.Range(1, 25))
        {
            service.Groups[$"g{n:D2}"] = GroupService.Members(1);
        }

        var (grants, _) = await service.ReadAsync(() => service.Groups.Remove("g03"));
        grants.Count.ShouldBe(25);
        (await Should.ThrowAsync<ConnectorException>(() => service.ReadAsync(() => service.Groups.Remove("g12")))).Kind.ShouldBe(FailureKind.Incomplete);
    }

    static async Task ShouldFail(GroupService service, FailureKind kind) =>
        (await Should.ThrowAsync<ConnectorException>(() => service.ReadAsync())).Kind.ShouldBe(kind);
}
