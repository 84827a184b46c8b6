using Shouldly;
using Xunit;

namespace ServerlessSync.Connectors.Scim.Tests;

public sealed class LostReplyTests(ScimTarget target) : ScimTests(target)
{
    [Fact]
    public async Task A_lost_create_is_settled_by_the_mark_and_not_done_again()
    {
        var mark = NewMark();

        await Loses(HttpMethod.Post, () => Connector.CreateAsync(Creation(mark), Context, None));

        var found = await Connector.FindByMarkAsync(mark, None);
        found.ShouldNotBeNull();
        var again = await Connector.CreateAsync(Creation(mark), Context, None);
        (again.Outcome, again.Key).ShouldBe((WriteOutcome.AlreadyInPlace, found.Key));
        EffectsOn(found.Key).ShouldBe(["user-created"]);
    }

    [Fact]
    public async Task Every_lost_write_is_in_place_when_repeated()
    {
        var account = await NewAccount();
        var delta = new AccountDelta(account.Key, account.OwnerMark, new Dictionary<string, string?> { ["title"] = "x" });
        (HttpMethod Method, Func<Task<WriteResult>> Write)[] writes =
        [
            (HttpMethod.Patch, () => Connector.UpdateAsync(delta, Context, None)),
            (HttpMethod.Patch, () => Connector.GrantAsync(account, "group:Finance", Context, None)),
            (HttpMethod.Patch, () => Connector.RevokeAsync(account, "group:Finance", Context, None)),
            (HttpMethod.Patch, () => Connector.SetActiveAsync(account, false, Context, None)),
            (HttpMethod.Delete, () => Connector.DeleteAsync(account, Context, None)),
        ];

        foreach (var (method, write) in writes)
        {
            await Loses(method, write);
            (await write()).Outcome.ShouldBe(WriteOutcome.AlreadyInPlace);
        }

        EffectsOn(account.Key).ShouldBe(
            ["user-created", "user-updated", "member-added Finance", "member-removed Finance", "user-deactivated", "user-deleted"]);
    }

    [Fact]
    public async Task A_lost_read_is_transient()
    {
        Wire.LoseNext(_ => true);

        (await Should.ThrowAsync<ConnectorException>(() => Connector.FindByKeyAsync("x", None))).Kind.ShouldBe(FailureKind.Transient);
    }

    async Task Loses(HttpMethod method, Func<Task<WriteResult>> write)
    {
        Wire.LoseNext(request => request.Method == method);
        (await Should.ThrowAsync<ConnectorException>(write)).Kind.ShouldBe(FailureKind.OutcomeUnknown);
    }
}
