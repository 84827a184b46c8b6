using ServerlessSync.Demo.Verification;
using ServerlessSync.Demo.World;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.Demo.Drift;

/// <summary>Changes the targets as their administrators could, everybody once at most.</summary>
sealed class Plants(SampleWorld world, People people, ScimDrift scim)
{
    public const string Shadow = "shadow@partner.example";

    readonly PostgreSqlDrift _postgreSql = new(world.PostgreSql);
    readonly Queue<Person> _active = new(people.Active);

    /// <summary>The id of the account nobody answers for.</summary>
    public string ShadowId { get; private set; } = "";

    public async Task<IReadOnlyList<Planted>> PlantAsync(CancellationToken cancellationToken) =>
    [
        await RenameAsync(cancellationToken),
        await SmuggleAsync(cancellationToken),
        await MakeShadowAsync(cancellationToken),
        await LockOutAsync(cancellationToken),
        await TakeRoleAsync(cancellationToken),
        await LetInAsync(cancellationToken),
    ];

    async Task<Planted> RenameAsync(CancellationToken cancellationToken)
    {
        var person = _active.Dequeue();
        await scim.SetAttributeAsync(person.UserName, "displayName", "Somebody Else", cancellationToken);
        return new Planted(world.ScimTarget, "attribute", $"{person.UserName} is shown as Somebody Else");
    }

    async Task<Planted> SmuggleAsync(CancellationToken cancellationToken)
    {
        var person = _active.Dequeue();
        var group = world.RightsOf(world.ScimTarget, "group").Except(people.RightsOn(world.ScimTarget, person)).First();
        await scim.AddRightAsync(person.UserName, group, cancellationToken);
        return new Planted(world.ScimTarget, "extraGrant", $"{person.UserName} is put into {group}");
    }

    async Task<Planted> MakeShadowAsync(CancellationToken cancellationToken)
    {
        ShadowId = await scim.AddForeignAsync(Shadow, cancellationToken);
        return new Planted(world.ScimTarget, "unowned", $"{Shadow} is made, and belongs to nobody", IsAsked: true);
    }

    async Task<Planted> LockOutAsync(CancellationToken cancellationToken)
    {
        var role = _active.Dequeue().LocalPart;
        await _postgreSql.DisableAsync(role, cancellationToken);
        return new Planted(world.PostgreSqlTarget, "status", $"{role} is locked out");
    }

    async Task<Planted> TakeRoleAsync(CancellationToken cancellationToken)
    {
        var person = _active.Dequeue();
        var right = people.RightsOn(world.PostgreSqlTarget, person).Order(StringComparer.Ordinal).First();
        await _postgreSql.RemoveRightAsync(person.LocalPart, right, cancellationToken);
        return new Planted(world.PostgreSqlTarget, "missingGrant", $"{right} is taken from {person.LocalPart}");
    }

    async Task<Planted> LetInAsync(CancellationToken cancellationToken)
    {
        var role = people.All.First(p => p.HasLeft).LocalPart;
        await _postgreSql.EnableAsync(role, cancellationToken);
        return new Planted(world.PostgreSqlTarget, "expiredButAlive", $"{role}, who has left, is let in again");
    }
}
