using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Planning;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Names the differences between what a target should hold of an identity and what it holds. Pure.</summary>
sealed class DriftFinder(IdentityRecord record, ExpectedHolding? expected, ObservedAccount observed, DateTimeOffset now, bool exactNames)
{
    const string Enabled = "active";
    const string Disabled = "disabled";
    const string NoMark = "no mark";

    /// <summary>Findings of one item; an item is read again before anything is done, so nothing depends on the rest.</summary>
    const int MostFindings = 200;

    const int LongestValue = 1_000;
    const int HeadOfLonger = 200;

    readonly List<DriftFinding> _findings = [];

    /// <summary>The differences; where they are very many, the gravest.</summary>
    public IReadOnlyList<DriftFinding> Find()
    {
        foreach (var other in observed.Others)
        {
            Add(DriftKind.Duplicate, other.Key, expected?.Key, other.Key);
            if (other.Active && record.Status == IdentityStatus.Terminated)
            {
                Add(DriftKind.ExpiredButAlive, other.Key, Disabled, Enabled);
            }
        }

        if (observed.Account is not { } account)
        {
            AddMissing(null);
        }
        else if (account.OwnerMark != record.Id)
        {
            // Not ours any more, and left alone; that somebody who has left can use it is said all the same.
            Add(DriftKind.Unowned, string.Empty, record.Id, account.OwnerMark ?? NoMark);
            FindStatus(account, leaversOnly: true);
        }
        else
        {
            FindAccount(account);
        }

        return [.. _findings.OrderByDescending(f => f.Kind.Severity()).Take(MostFindings)];
    }

    /// <summary>An account nobody is known for.</summary>
    public static IReadOnlyList<DriftFinding> OfStranger(TargetAccount account, DateTimeOffset now) =>
        [new DriftFinding(account.OwnerMark is null ? DriftKind.Unowned : DriftKind.Orphan, string.Empty, null, account.OwnerMark ?? NoMark, now, now)];

    void FindAccount(TargetAccount account)
    {
        if (expected is not null && expected.Key != account.Key)
        {
            AddMissing(account.Key);
        }

        FindStatus(account, leaversOnly: false);
        if (expected is { Active: true })
        {
            FindAttributes(account);
        }

        FindRights();
    }

    void AddMissing(string? found)
    {
        if (expected is not null)
        {
            Add(DriftKind.Missing, string.Empty, expected.Key ?? expected.UserName, found);
        }
    }

    void FindStatus(TargetAccount account, bool leaversOnly)
    {
        var active = expected?.Active ?? false;
        var kind = account.Active && !active
            ? record.Status switch
            {
                IdentityStatus.Terminated => DriftKind.ExpiredButAlive,
                IdentityStatus.Active => DriftKind.OutOfScope,
                _ => DriftKind.Status,
            }
            : DriftKind.Status;
        if (account.Active != active && (!leaversOnly || kind == DriftKind.ExpiredButAlive))
        {
            Add(kind, string.Empty, active ? Enabled : Disabled, account.Active ? Enabled : Disabled);
        }
    }

    void FindAttributes(TargetAccount account)
    {
        if (!SignInName.Same(expected!.UserName, account.UserName, exactNames))
        {
            Add(DriftKind.Attribute, AttributeNames.UserName, expected.UserName, account.UserName);
        }

        foreach (var name in expected.Managed)
        {
            var (wanted, found) = (expected.Attributes.GetValueOrDefault(name), account.Attributes.GetValueOrDefault(name));
            if (wanted != found)
            {
                Add(DriftKind.Attribute, name, wanted, found);
            }
        }
    }

    void FindRights()
    {
        var wanted = expected?.Rights ?? new HashSet<string>();
        foreach (var right in observed.Rights.Except(wanted, StringComparer.Ordinal))
        {
            var ended = record.Status == IdentityStatus.Terminated || expected?.Expired.Contains(right) == true;
            Add(ended ? DriftKind.ExpiredButAlive : DriftKind.ExtraGrant, right, null, right);
        }

        foreach (var right in wanted.Except(observed.Rights, StringComparer.Ordinal))
        {
            Add(DriftKind.MissingGrant, right, right, null);
        }
    }

    void Add(DriftKind kind, string subject, string? wanted, string? found) =>
        _findings.Add(new DriftFinding(kind, subject, Shown(wanted), Shown(found), now, now) { Shortened = IsLong(wanted) || IsLong(found) });

    static bool IsLong(string? value) => value?.Length > LongestValue;

    static string? Shown(string? value) => IsLong(value)
        ? $"{value![..HeadOfLonger]}... ({value.Length} characters, SHA-256 {KeyText.Hash(value)})"
        : value;
}
