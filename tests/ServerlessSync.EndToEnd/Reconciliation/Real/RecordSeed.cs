using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Reconciliation.Real;

/// <summary>Writes the rows the mesh has of people whose accounts it made.</summary>
sealed class RecordSeed(MeshStores stores)
{
    const int AtOnce = 32;
    const string Owner = "identity-team";

    readonly DateTimeOffset _now = stores.Clock.GetUtcNow();

    public Task WriteAsync(IReadOnlyList<Employee> employees, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        employees, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (employee, token) => await WriteAsync(employee, token));

    async Task WriteAsync(Employee employee, CancellationToken cancellationToken)
    {
        await stores.Claims.ConfirmAsync(ClaimKind.Anchor, employee.Anchor.ToString(), employee.Id, cancellationToken);
        await stores.Claims.ConfirmAsync(ClaimKind.UserName, employee.UserName, employee.Id, cancellationToken);
        await stores.AccountKeys.AddAsync(RealYaml.Saas, employee.InSaas.Id, employee.Id, cancellationToken);
        await stores.AccountKeys.AddAsync(RealYaml.Warehouse, employee.Local, employee.Id, cancellationToken);
        await stores.Partitions.EditIdentityAsync(
            employee.Id,
            edit =>
            {
                edit.Save("record", RecordOf(employee));
                edit.Save("source-" + KeyText.Encode(HrYaml.Source), SourceOf(employee));
                SaveHolding(edit, employee, RealYaml.Saas, employee.InSaas.Id, employee.UserName, employee.Attributes, "group:", employee.Groups);
                SaveHolding(edit, employee, RealYaml.Warehouse, employee.Local, employee.Local, new Dictionary<string, string>(), "role:", employee.Roles);
                edit.Audit(AuditDraft.Of("seed", AuditKind.Operator, new { employee.Subject }));
                return Task.FromResult(true);
            },
            cancellationToken);
    }

    void SaveHolding(
        PartitionEdit edit,
        Employee employee,
        string target,
        string key,
        string userName,
        IReadOnlyDictionary<string, string> attributes,
        string kind,
        IReadOnlyList<string> rights)
    {
        var status = employee.Left ? AccountStatus.Disabled : AccountStatus.Active;
        edit.Save("account-" + KeyText.Encode(target), new Account(target, key, userName, status, attributes, Owner, _now));
        foreach (var right in rights)
        {
            edit.Save($"grant-{KeyText.Encode(target)}-{KeyText.Encode(kind + right)}", new Grant(target, kind + right, right, "seed", Owner, _now));
        }
    }

    IdentityRecord RecordOf(Employee employee) => new()
    {
        Id = employee.Id,
        Kind = IdentityKind.Person,
        Status = employee.Left ? IdentityStatus.Terminated : IdentityStatus.Active,
        Anchors = [employee.Anchor],
        Attributes = Said(employee).ToDictionary(a => a.Key, a => new AttributeValue(a.Value, HrYaml.Source, _now)),
        CreatedAt = _now,
        UpdatedAt = _now,
    };

    SourceRecord SourceOf(Employee employee) => new(
        HrYaml.Source, employee.Subject, 1, employee.Left ? ChangeKind.Terminated : ChangeKind.Changed, Said(employee), $"seed-{employee.Subject}", _now);

    static Dictionary<string, string> Said(Employee employee) => new(employee.Attributes) { ["userName"] = employee.UserName };
}
