using ServerlessSync.Mesh.Model;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.EndToEnd.Reconciliation.Real;

/// <summary>What somebody does to a target behind the mesh's back.</summary>
enum Deed
{
    Disable,
    LetInAgain,
    Delete,
    GiveRight,
    TakeRight,
    RemoveMark,
    Shadow,
    Orphan,
    Twin,

    /// <summary>SCIM alone: a PostgreSQL role has no attributes.</summary>
    Rename,

    /// <summary>PostgreSQL alone.</summary>
    SetPassword,
}

/// <summary>A drift that was planted.</summary>
/// <param name="Target">Where.</param>
/// <param name="Name">Native name of the account that differs from before.</param>
/// <param name="Line">What a comparison must find.</param>
/// <param name="Mended">Whether it is mended; else a person is asked.</param>
sealed record PlantedDrift(string Target, string Name, string Line, bool Mended);

/// <summary>Plants drift of mixed kinds with native clients, one at most for each person, and knows what a comparison must find.</summary>
sealed class NativePlanting(IReadOnlyList<Employee> employees, Random random) : IDisposable
{
    const int AtOnce = 4;
    const string Password = "password";

    readonly Queue<Employee> _here = Shuffled(employees.Where(e => !e.Left), random);
    readonly Queue<Employee> _left = Shuffled(employees.Where(e => e.Left), random);
    readonly List<PlantedDrift> _planted = [];
    ScimDrift? _saas;

    public IReadOnlyList<PlantedDrift> In(string target) => [.. _planted.Where(p => p.Target == target)];

    /// <summary>What a comparison of a target must find.</summary>
    public IReadOnlyList<string> Lines(string target, bool alsoMended = true) =>
        [.. In(target).Where(p => alsoMended || !p.Mended).Select(p => p.Line).Order(StringComparer.Ordinal)];

    public async Task PlantAsync(ScimServer saas, int drifts, CancellationToken cancellationToken)
    {
        _saas = new ScimDrift(saas);
        await PlantAsync(drifts, Deed.SetPassword, (deed, who, name) => PlantInSaasAsync(_saas, deed, who, name + "@example.com", cancellationToken), cancellationToken);
    }

    /// <summary>The superuser of the cluster is an account nobody is known for, and is found with the others.</summary>
    public async Task PlantAsync(PostgreSqlServer warehouse, int drifts, CancellationToken cancellationToken)
    {
        var roles = new PostgreSqlDrift(warehouse);
        _planted.Add(Shadow(RealYaml.Warehouse, warehouse.AdminUser, warehouse.AdminUser));
        await PlantAsync(drifts, Deed.Rename, (deed, who, name) => PlantInWarehouseAsync(roles, deed, who, name, cancellationToken), cancellationToken);
    }

    public void Dispose() => _saas?.Dispose();

    async Task PlantAsync(int drifts, Deed but, Func<Deed, Employee, string, Task<PlantedDrift>> plant, CancellationToken cancellationToken)
    {
        Deed[] deeds = [.. Enum.GetValues<Deed>().Where(d => d != but)];
        var work = Enumerable.Range(0, drifts).Select(n => (Deed: deeds[n % deeds.Length], Name: FormattableString.Invariant($"stranger{n:d5}")))
            .Select(w => (w.Deed, Who: (w.Deed == Deed.LetInAgain ? _left : _here).Dequeue(), w.Name)).ToList();
        var gate = new Lock();
        await Parallel.ForEachAsync(work, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (w, _) =>
        {
            var planted = await plant(w.Deed, w.Who, w.Name);
            lock (gate)
            {
                _planted.Add(planted);
            }
        });
    }

    static async Task<PlantedDrift> PlantInSaasAsync(ScimDrift users, Deed deed, Employee who, string stranger, CancellationToken cancellationToken)
    {
        const string target = RealYaml.Saas;
        switch (deed)
        {
            case Deed.Disable:
                await users.DisableAsync(who.UserName, cancellationToken);
                return Mended(target, who.UserName, who, DriftKind.Status);
            case Deed.LetInAgain:
                await users.EnableAsync(who.UserName, cancellationToken);
                return Mended(target, who.UserName, who, DriftKind.ExpiredButAlive);
            case Deed.Delete:
                await users.DeleteAsync(who.UserName, cancellationToken);
                return Mended(target, who.UserName, who, DriftKind.Missing);
            case Deed.GiveRight:
                await users.AddRightAsync(who.UserName, RealYaml.Odd, cancellationToken);
                return Mended(target, who.UserName, who, DriftKind.ExtraGrant, "group:" + RealYaml.Odd);
            case Deed.TakeRight:
                await users.RemoveRightAsync(who.UserName, who.Department, cancellationToken);
                return Mended(target, who.UserName, who, DriftKind.MissingGrant, "group:" + who.Department);
            case Deed.Rename:
                await users.SetAttributeAsync(who.UserName, "displayName", "Somebody Else", cancellationToken);
                return Mended(target, who.UserName, who, DriftKind.Attribute, "displayName");
            case Deed.RemoveMark:
                await users.RemoveMarkAsync(who.UserName, cancellationToken);
                return Asked(target, who.UserName, who, DriftKind.Unowned);
            case Deed.Shadow:
                return Shadow(target, stranger, await users.AddForeignAsync(stranger, cancellationToken));
            case Deed.Orphan:
                return Orphan(target, stranger, await users.AddMarkedAsync(stranger, "nobody-we-know", cancellationToken));
            default:
                return Asked(target, stranger, who, DriftKind.Duplicate, await users.AddMarkedAsync(stranger, who.Id, cancellationToken));
        }
    }

    static async Task<PlantedDrift> PlantInWarehouseAsync(PostgreSqlDrift roles, Deed deed, Employee who, string stranger, CancellationToken cancellationToken)
    {
        const string target = RealYaml.Warehouse;
        switch (deed)
        {
            case Deed.Disable:
                await roles.DisableAsync(who.Local, cancellationToken);
                return Mended(target, who.Local, who, DriftKind.Status);
            case Deed.LetInAgain:
                await roles.EnableAsync(who.Local, cancellationToken);
                return Mended(target, who.Local, who, DriftKind.ExpiredButAlive);
            case Deed.Delete:
                await roles.DeleteAsync(who.Local, cancellationToken);
                return Mended(target, who.Local, who, DriftKind.Missing);
            case Deed.GiveRight:
                await roles.AddRightAsync(who.Local, RealYaml.Odd, cancellationToken);
                return Mended(target, who.Local, who, DriftKind.ExtraGrant, "role:" + RealYaml.Odd);
            case Deed.TakeRight:
                await roles.RemoveRightAsync(who.Local, who.Department, cancellationToken);
                return Mended(target, who.Local, who, DriftKind.MissingGrant, "role:" + who.Department);
            case Deed.SetPassword:
                await roles.SetPasswordAsync(who.Local, Password, expires: null, cancellationToken);
                return Asked(target, who.Local, who, DriftKind.UnmanagedCredential, Password);
            case Deed.RemoveMark:
                await roles.RemoveMarkAsync(who.Local, cancellationToken);
                return Asked(target, who.Local, who, DriftKind.Unowned);
            case Deed.Shadow:
                await roles.AddForeignAsync(stranger, cancellationToken);
                return Shadow(target, stranger, stranger);
            case Deed.Orphan:
                await roles.AddMarkedAsync(stranger, "nobody-we-know", cancellationToken);
                return Orphan(target, stranger, stranger);
            default:
                await roles.AddMarkedAsync(stranger, who.Id, cancellationToken);
                return Asked(target, stranger, who, DriftKind.Duplicate, stranger);
        }
    }

    static PlantedDrift Mended(string target, string name, Employee who, DriftKind kind, string about = "") =>
        new(target, name, ComparedWorld.Line(who.Id, kind, about), Mended: true);

    static PlantedDrift Asked(string target, string name, Employee who, DriftKind kind, string about = "") =>
        new(target, name, ComparedWorld.Line(who.Id, kind, about), Mended: false);

    static PlantedDrift Shadow(string target, string name, string key) => new(target, name, ComparedWorld.Line(key, DriftKind.Unowned), Mended: false);

    static PlantedDrift Orphan(string target, string name, string key) => new(target, name, ComparedWorld.Line(key, DriftKind.Orphan), Mended: false);

    static Queue<Employee> Shuffled(IEnumerable<Employee> people, Random random)
    {
        var shuffled = people.ToArray();
        random.Shuffle(shuffled);
        return new Queue<Employee>(shuffled);
    }
}
