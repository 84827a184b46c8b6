using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Model;
using ServerlessSync.TestKit.Scripted;
using static ServerlessSync.EndToEnd.Reconciliation.ComparedWorld;

namespace ServerlessSync.EndToEnd.Reconciliation;

/// <summary>Plants drift natively and knows what a comparison must find. Everybody gets one drift at most, strangers are one each.</summary>
sealed class Planting(ComparedWorld world, Random random)
{
    readonly List<(string Target, string Subject, DriftKind Kind, string Line, string Key)> _planted = [];
    readonly List<(string Target, string Key)> _strangers = [];

    public int Count => _planted.Count;

    /// <summary>The kinds that were planted.</summary>
    public IEnumerable<DriftKind> Kinds => _planted.Select(p => p.Kind);

    /// <summary>Whether anything was planted on an identity, or on an account, in any target.</summary>
    public bool Concerns(string identity, string key) => _planted.Exists(p => p.Subject == identity || p.Key == key);

    public IReadOnlyList<string> Expected(string target) => [.. _planted.Where(p => p.Target == target).Select(p => p.Line).Order(StringComparer.Ordinal)];

    /// <summary>What no plan mends.</summary>
    public IReadOnlyList<string> ForPeople(string target) =>
        [.. _planted.Where(p => p.Target == target && !p.Kind.CanBeRemediated()).Select(p => p.Line).Order(StringComparer.Ordinal)];

    /// <summary>Whether an account has what no plan mends.</summary>
    public bool IsForPeople(string target, string key) => _planted.Exists(p => p.Target == target && p.Key == key && !p.Kind.CanBeRemediated());

    public int Items(string target) => _planted.Where(p => p.Target == target).Select(p => p.Subject).Distinct().Count();

    public async Task PlantAsync()
    {
        foreach (var target in new[] { Everyone, Some })
        {
            foreach (var (key, account) in world.Target(target).Native.Where(_ => random.Next(2) == 0).ToList())
            {
                await PlantAsync(target, key, account);
            }

            Stranger(target, "shadow", Native.Unmarked, DriftKind.Unowned);
            Stranger(target, "orphan", Native.Marked("nobody-we-know"), DriftKind.Orphan);
            Stranger(target, "orphan/odd", Native.Marked("no/key?"), DriftKind.Orphan);
        }
    }

    /// <summary>Puts everything back as it was.</summary>
    public void PutRight(IReadOnlyDictionary<string, IReadOnlyDictionary<string, ScriptedAccount>> before)
    {
        foreach (var (target, accounts) in before)
        {
            foreach (var (key, account) in accounts)
            {
                world.Target(target).PutNatively(key, account);
            }
        }

        foreach (var (target, key) in _strangers)
        {
            world.Target(target).RemoveNatively(key);
        }
    }

    async Task PlantAsync(string target, string key, ScriptedAccount account)
    {
        var identity = account.Mark!;
        var view = await world.Stores.Registry.ViewAsync(identity, CancellationToken.None);
        if (!account.Active)
        {
            // Who has left, or is out of scope, is let in again, or is given a right.
            var left = view!.Record.Status == IdentityStatus.Terminated;
            if (random.Next(2) == 0)
            {
                Put(target, key, account with { Active = true }, left ? DriftKind.ExpiredButAlive : DriftKind.OutOfScope);
            }
            else
            {
                Put(target, key, account.Plus("group:Odd"), left ? DriftKind.ExpiredButAlive : DriftKind.ExtraGrant, "group:Odd");
            }

            return;
        }

        switch (random.Next(9))
        {
            case 0:
                world.Target(target).RemoveNatively(key);
                Note(target, identity, key, DriftKind.Missing);
                break;
            case 1:
                Put(target, key, account with { Active = false }, DriftKind.Status);
                break;
            case 2:
                Put(target, key, account.Set("displayName", "Somebody Else"), DriftKind.Attribute, "displayName");
                break;
            case 3:
                Put(target, key, account.Set("title", "Chief"), DriftKind.Attribute, "title");
                break;
            case 4 when account.Rights.Count > 0:
                var lost = account.Rights.First();
                Put(target, key, account.Without(lost), DriftKind.MissingGrant, lost);
                break;
            case 5:
                Stranger(target, key + ".twin", Native.Marked(identity), null);
                Note(target, identity, key, DriftKind.Duplicate, key + ".twin");
                break;
            case 6:
                Put(target, key, account with { Credentials = [new TargetCredential(key, "key-1", "f1", null)] }, DriftKind.UnmanagedCredential, "key-1");
                break;
            case 7:
                var retired = new Credential(target, "key-2", "f2", CredentialStatus.Retired, "owner", "owner", null);
                await world.Stores.Registry.SaveCredentialAsync(identity, retired, AuditDraft.Of("test", AuditKind.Operator, new { }), CancellationToken.None);
                var used = new TargetCredential(key, "key-2", "f2", null);
                Put(target, key, account with { Credentials = [used, used with { Id = "dead", ExpiresAt = DateTimeOffset.MinValue }] }, DriftKind.StaleCredential, "key-2");
                break;
            default:
                Put(target, key, account.Plus("group:Odd"), DriftKind.ExtraGrant, "group:Odd");
                break;
        }
    }

    void Put(string target, string key, ScriptedAccount account, DriftKind kind, string about = "")
    {
        world.Target(target).PutNatively(key, account);
        Note(target, account.Mark!, key, kind, about);
    }

    void Stranger(string target, string key, ScriptedAccount account, DriftKind? kind)
    {
        world.Target(target).PutNatively(key, account);
        _strangers.Add((target, key));
        if (kind is { } known)
        {
            Note(target, key, key, known);
        }
    }

    void Note(string target, string subject, string key, DriftKind kind, string about = "") =>
        _planted.Add((target, subject, kind, Line(subject, kind, about), key));
}
