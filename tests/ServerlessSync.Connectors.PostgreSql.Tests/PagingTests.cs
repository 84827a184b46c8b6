using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.PostgreSql.Tests;

public sealed class PagingTests(PostgreSqlFixture fixture) : IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task Pages_hold_every_login_and_every_role_of_ours_once_in_order()
    {
        await fixture.Server.ExecuteAsync(
            """
            DO $$ BEGIN
              FOR n IN 1..1100 LOOP
                EXECUTE format('CREATE ROLE %I LOGIN', CASE n % 3 WHEN 0 THEN 'r' WHEN 1 THEN 'R' ELSE 'é' END || n);
              END LOOP;
              CREATE ROLE group_only;
              CREATE ROLE ours_disabled NOLOGIN;
              COMMENT ON ROLE ours_disabled IS 'serverlesssync:id-1';
            END $$
            """,
            default);
        List<TargetAccount> read = [];
        List<int> sizes = [];
        string? token = null;
        do
        {
            var page = await fixture.Connector.ReadPageAsync(token, default);
            read.AddRange(page.Items);
            sizes.Add(page.Items.Count);
            token = page.NextToken;
        }
        while (token is not null);

        sizes.ShouldBe([500, 500, 102]);
        var keys = read.ConvertAll(a => a.Key);
        keys.ShouldBe(keys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        keys.ShouldContain("admin", StringComparer.Ordinal);
        keys.ShouldNotContain("group_only", StringComparer.Ordinal);
        read.Single(a => a.OwnerMark is not null).ShouldSatisfyAllConditions(
            a => a.Key.ShouldBe("ours_disabled"),
            a => a.Active.ShouldBeFalse(),
            a => a.OwnerMark.ShouldBe("id-1"));
    }

    [Fact]
    public void It_says_what_it_is_and_where_its_mark_lies() =>
        fixture.Connector.Describe().ShouldBe(new ConnectorDescription("warehouse", "postgresql", "COMMENT ON ROLE", OrdersByKey: true) { ExactNames = true });
}
