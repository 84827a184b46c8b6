using System.Globalization;
using ServerlessSync.Connectors;

namespace ServerlessSync.TestKit.Scripted;

public sealed partial class ScriptedConnector
{
    readonly List<string> _changed = [];
    readonly Dictionary<ListKind, (int Version, Array Items)> _listed = [];

    /// <summary>How it gives its lists.</summary>
    public ScriptedListing Listing { get; } = new();

    public Task<Page<TargetAccount>> ReadPageAsync(string? continuationToken, CancellationToken cancellationToken) =>
        ListAsync(ListKind.Accounts, continuationToken, () => _accounts.Select(a => (Place(a.Key), a.Value.Seen(a.Key))), cancellationToken);

    public Task<Page<TargetGrant>> ReadGrantPageAsync(string? continuationToken, CancellationToken cancellationToken) => ListAsync(
        ListKind.Grants,
        continuationToken,
        () => _accounts.SelectMany(a => a.Value.Rights.Select(right => ($"{Place(a.Key)}\u0001{right}", new TargetGrant(a.Key, right)))),
        cancellationToken);

    public Task<Page<TargetCredential>> ReadCredentialPageAsync(string? continuationToken, CancellationToken cancellationToken) =>
        Listing.CredentialFailure is { } kind
            ? throw new ConnectorException(id, kind, "scripted: credentials cannot be listed")
            : ListAsync(
                ListKind.Credentials,
                continuationToken,
                () => _accounts.SelectMany(a => a.Value.Credentials.Select(c => ($"{Place(a.Key)}\u0001{c.Id}", c with { AccountKey = a.Key }))),
                cancellationToken);

    /// <remarks>A cursor is a count of changes. Deletions are not told.</remarks>
    public Task<ChangePage> ReadChangesAsync(string? cursor, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var from = cursor is null ? (int?)null : int.Parse(cursor, CultureInfo.InvariantCulture);
        var fault = from is null ? PageFault.None : Listing.Next(ListKind.Changes, (from.Value / Listing.PageSize) + 1);
        lock (_gate)
        {
            Refuse(fault);
            var since = from ?? _changed.Count;
            if (since > _changed.Count || _changed.Count - since > Listing.KeptChanges)
            {
                return Task.FromResult(ChangePage.Everything("the cursor is forgotten"));
            }

            var take = fault switch { PageFault.Empty or PageFault.End => 0, PageFault.Scant => 1, _ => Listing.PageSize };
            var keys = _changed.Skip(since).Take(take).ToList();
            var items = keys.Distinct(StringComparer.Ordinal).Where(_accounts.ContainsKey).Select(key => _accounts[key].Seen(key)).ToList();
            var next = since + keys.Count;
            return Task.FromResult(ChangePage.Changed(items, next.ToString(CultureInfo.InvariantCulture), more: next < _changed.Count));
        }
    }

    Task<Page<T>> ListAsync<T>(ListKind list, string? token, Func<IEnumerable<(string Place, T Item)>> all, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (number, after) = ReadToken(token);
        var fault = Listing.Next(list, number);
        lock (_gate)
        {
            Refuse(fault);
            var items = Sorted(list, all);
            var from = after is null ? 0 : FirstAfter(items, after);
            var take = fault switch { PageFault.Empty or PageFault.End => 0, PageFault.Scant => 1, _ => Listing.PageSize };
            var page = items.AsSpan(from, Math.Min(take, items.Length - from)).ToArray();
            var last = page.Length > 0 ? page[^1].Place : after;
            var ended = fault == PageFault.End || from + page.Length == items.Length;
            IEnumerable<(string Place, T Item)> repeated = fault == PageFault.Repeat && from > 0 ? items[(from - 1)..from] : [];
            return Task.FromResult(new Page<T>(
                [.. repeated.Concat(page).Select(i => i.Item)],
                ended ? null : string.Create(CultureInfo.InvariantCulture, $"{number + 1}:{last}")));
        }
    }

    void Refuse(PageFault fault)
    {
        if (fault is PageFault.ServerError or PageFault.Incomplete)
        {
            throw new ConnectorException(id, fault is PageFault.ServerError ? FailureKind.Transient : FailureKind.Incomplete, "scripted failure of a page");
        }
    }

    /// <summary>Everything that is listed, sorted anew only when the target has changed.</summary>
    (string Place, T Item)[] Sorted<T>(ListKind list, Func<IEnumerable<(string Place, T Item)>> all)
    {
        if (!_listed.TryGetValue(list, out var known) || known.Version != _changed.Count)
        {
            known = (_changed.Count, all().OrderBy(i => i.Place, StringComparer.Ordinal).ToArray());
            _listed[list] = known;
        }

        return ((string Place, T Item)[])known.Items;
    }

    static int FirstAfter<T>((string Place, T Item)[] items, string place)
    {
        var (low, high) = (0, items.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = string.CompareOrdinal(items[middle].Place, place) <= 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    (int Number, string? After) ReadToken(string? token)
    {
        var parts = (token ?? "1:").Split(':', 2);
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (number, parts[1].Length > 0 ? parts[1] : null)
            : throw new ConnectorException(id, FailureKind.Rejected, "the continuation token is not one of this connector's");
    }

    /// <summary>Where the account stands in lists.</summary>
    string Place(string key) =>
        // The key read backwards: the same each time, and in no order a caller could take for one.
        Listing.Ordered ? key : string.Concat(key.Reverse()) + "\u0001" + key;

    void Set(string key, ScriptedAccount? account)
    {
        _accounts = account is null ? _accounts.Remove(key) : _accounts.SetItem(key, account);
        _changed.Add(key);
    }
}
