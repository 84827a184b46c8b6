using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Storage;

/// <summary>The rows of one identity's partition that make a view, as a scan gives them.</summary>
sealed class IdentityRows(string id)
{
    /// <summary>Keys of such rows, out of many more that tell of what was done.</summary>
    public static IReadOnlyList<KeyRange> Keys { get; } =
    [
        KeyRange.StartingWith(IdentityKeys.AccountPrefix),
        KeyRange.StartingWith(IdentityKeys.CredentialPrefix),
        KeyRange.StartingWith(IdentityKeys.GrantPrefix),
        KeyRange.StartingWith(IdentityKeys.Record),
    ];

    readonly List<Row> _accounts = [];
    readonly List<Row> _grants = [];
    readonly List<Row> _credentials = [];
    Row? _record;

    /// <summary>The identity's id.</summary>
    public string Id => id;

    /// <summary>Takes a row in key order; one that is no part of a view is passed over.</summary>
    public void Add(Row row)
    {
        if (row.Key == IdentityKeys.Record)
        {
            _record = row;
        }
        else if (Find(row.Key) is { } rows)
        {
            rows.Add(row);
        }
    }

    /// <summary>The identity, or null when it has no record.</summary>
    /// <exception cref="StoreException">A row of it is damaged.</exception>
    public IdentityView? ToView() => _record is null
        ? null
        : ToView(Read<IdentityRecord>(_record), _accounts.Select(Read<Account>), _grants.Select(Read<Grant>), _credentials.Select(Read<Credential>));

    /// <summary>An identity with what belongs to it.</summary>
    public static IdentityView ToView(
        IdentityRecord record, IEnumerable<Account> accounts, IEnumerable<Grant> grants, IEnumerable<Credential> credentials) => new(
        record,
        accounts.ToDictionary(a => a.Target),
        [.. grants.OrderBy(g => g.Target, StringComparer.Ordinal).ThenBy(g => g.Name, StringComparer.Ordinal)],
        [.. credentials]);

    static T Read<T>(Row row) => MeshJson.FromRow<T>(row, TableNames.Identities);

    List<Row>? Find(string key) => key.StartsWith(IdentityKeys.AccountPrefix, StringComparison.Ordinal) ? _accounts
        : key.StartsWith(IdentityKeys.GrantPrefix, StringComparison.Ordinal) ? _grants
        : key.StartsWith(IdentityKeys.CredentialPrefix, StringComparison.Ordinal) ? _credentials
        : null;
}
