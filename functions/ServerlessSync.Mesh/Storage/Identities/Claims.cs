using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Storage;

/// <summary>
/// Index rows for values that must be unique or be found by. A value is claimed before the record that carries it is written and
/// confirmed after; a claim that was never confirmed belongs to nobody once its owner's record is seen not to carry the value and
/// <see cref="SettleAfter"/> has passed.
/// </summary>
public sealed class Claims(Partitions partitions)
{
    const string Key = "claim";

    /// <summary>How long an unconfirmed claim is left to its owner: longer than any run between claim and confirmation.</summary>
    public static TimeSpan SettleAfter { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Claims a value for an identity.</summary>
    /// <param name="kind">Kind of value.</param>
    /// <param name="value">The value.</param>
    /// <param name="identityId">The identity that wants it.</param>
    /// <param name="carries">Whether the record of a given identity carries the value: settles claims left behind.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The identity that holds the value now: <paramref name="identityId"/> when the claim was had.</returns>
    public Task<string> ClaimAsync(
        ClaimKind kind,
        string value,
        string identityId,
        Func<string, Task<bool>> carries,
        CancellationToken cancellationToken) =>
        partitions.EditAsync(
            TableNames.Claims,
            PartitionOf(kind, value),
            async edit =>
            {
                var now = partitions.Clock.GetUtcNow();
                var claim = await edit.ReadAsync<Claim>(Key, cancellationToken);
                if (claim is not null && claim.IdentityId != identityId && await IsHeldAsync(claim, now, carries))
                {
                    return claim.IdentityId;
                }

                if (claim?.IdentityId != identityId)
                {
                    edit.Save(Key, new Claim(identityId, Confirmed: false, now));
                }

                return identityId;
            },
            cancellationToken);

    /// <summary>Marks a claim as carried by its owner's record.</summary>
    /// <returns>False when another identity has taken the value over.</returns>
    public Task<bool> ConfirmAsync(ClaimKind kind, string value, string identityId, CancellationToken cancellationToken) =>
        partitions.EditAsync(
            TableNames.Claims,
            PartitionOf(kind, value),
            async edit =>
            {
                var claim = await edit.ReadAsync<Claim>(Key, cancellationToken);
                if (claim is not null && claim.IdentityId != identityId)
                {
                    return false;
                }

                if (claim is not { Confirmed: true })
                {
                    edit.Save(Key, new Claim(identityId, Confirmed: true, partitions.Clock.GetUtcNow()));
                }

                return true;
            },
            cancellationToken);

    /// <summary>Gives a value up; only its holder can.</summary>
    public Task ReleaseAsync(ClaimKind kind, string value, string identityId, CancellationToken cancellationToken) =>
        partitions.EditAsync(
            TableNames.Claims,
            PartitionOf(kind, value),
            async edit =>
            {
                if ((await edit.ReadAsync<Claim>(Key, cancellationToken))?.IdentityId == identityId)
                {
                    edit.Delete(Key);
                }

                return true;
            },
            cancellationToken);

    /// <summary>Who holds a value, or null. The caller checks that the record still carries it.</summary>
    public Task<Claim?> FindAsync(ClaimKind kind, string value, CancellationToken cancellationToken) =>
        partitions.ReadAsync<Claim>(TableNames.Claims, PartitionOf(kind, value), Key, cancellationToken);

    static async Task<bool> IsHeldAsync(Claim claim, DateTimeOffset now, Func<string, Task<bool>> carries) =>
        await carries(claim.IdentityId) || (!claim.Confirmed && now - claim.At < SettleAfter);

    static string PartitionOf(ClaimKind kind, string value) => kind switch
    {
        ClaimKind.Anchor => "anchor-" + KeyText.Encode(value),
        ClaimKind.UserName => "userName-" + KeyText.Encode(SignInName.KeyOf(value)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown kind of claim"),
    };
}
