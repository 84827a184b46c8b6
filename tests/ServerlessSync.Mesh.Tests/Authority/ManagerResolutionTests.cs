using ServerlessSync.Mesh.Authority;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Authority;

public sealed class ManagerResolutionTests
{
    readonly MeshStores _stores = new(new MemoryRowStore(), TimeProvider.System);

    [Fact]
    public async Task The_nearest_above_who_has_not_left_is_the_manager_in_effect()
    {
        var ada = await PutAsync("ada", "boss");
        await PutAsync("boss", "chief", IdentityStatus.Terminated);
        await PutAsync("chief", null);
        (await InEffectAsync(ada))!.Id.ShouldBe("id-chief");
    }

    [Fact]
    public async Task People_who_have_left_and_manage_each_other_in_a_circle_are_nobodys_manager()
    {
        var ada = await PutAsync("ada", "x");
        await PutAsync("x", "y", IdentityStatus.Terminated);
        await PutAsync("y", "x", IdentityStatus.Terminated);
        (await InEffectAsync(ada)).ShouldBeNull();
    }

    [Fact]
    public async Task Nobody_is_their_own_manager()
    {
        var ada = await PutAsync("ada", "ada");
        (await InEffectAsync(ada)).ShouldBeNull();
    }

    [Fact]
    public async Task A_manager_nobody_has_heard_of_is_none()
    {
        var ada = await PutAsync("ada", "ghost");
        (await InEffectAsync(ada)).ShouldBeNull();
    }

    Task<IdentityRecord?> InEffectAsync(IdentityRecord record) => new ManagerResolution(_stores).InEffectAsync(record, CancellationToken.None);

    async Task<IdentityRecord> PutAsync(string name, string? manager, IdentityStatus status = IdentityStatus.Active)
    {
        var anchor = new Anchor("hr", name);
        var record = new IdentityRecord
        {
            Id = $"id-{name}", Kind = IdentityKind.Person, Status = status, Anchors = [anchor],
            CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch,
            Attributes = manager is null
                ? new Dictionary<string, AttributeValue>()
                : new Dictionary<string, AttributeValue> { [AttributeNames.Manager] = new(manager, "hr", DateTimeOffset.UnixEpoch) },
        };
        await _stores.Partitions.Store.CommitAsync(
            new RowBatch(TableNames.Identities, record.Id, RowWrite.Put("record", MeshJson.ToBytes(record))), CancellationToken.None);
        await _stores.Claims.ConfirmAsync(ClaimKind.Anchor, anchor.ToString(), record.Id, CancellationToken.None);
        return record;
    }
}
