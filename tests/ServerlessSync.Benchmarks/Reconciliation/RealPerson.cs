using System.Globalization;
using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Benchmarks.Reconciliation;

/// <summary>One person of the real path, told from a number: the record of HR, the account a target should hold, and what it holds where it has drifted.</summary>
static class RealPerson
{
    /// <summary>The attributes managed on the target.</summary>
    public static readonly string[] Managed = ["department", "displayName", "employeeNumber", "familyName", "givenName", "mail", "phone", "title"];

    public const string Everyone = "group:Everyone";
    public const string Payments = "group:Payments";

    /// <summary>Digits of the number that end every id and key, so that either tells whose it is.</summary>
    const int NumberDigits = 8;

    /// <summary>Id of the identity, which is also the account's mark. In the order of ids the numbers are shuffled.</summary>
    public static string IdOf(int number) => Format(DriftRow.Mix((ulong)number), number);

    /// <summary>Key of the account, in yet another order.</summary>
    public static string KeyOf(int number) => Format(DriftRow.Mix((ulong)number + 1_000_000_007), number);

    /// <summary>The number an id or a key ends in; null for what is none of ours.</summary>
    public static int? NumberOf(string text) =>
        text.Length > NumberDigits && int.TryParse(text.AsSpan(text.Length - NumberDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    public static string UserNameOf(int number)
    {
        var random = DriftRow.Mix((ulong)number);
        return string.Create(CultureInfo.InvariantCulture, $"{DriftRow.Given[random % 10]}.{DriftRow.Family[random / 10 % 10]}{number}@example.com").ToLowerInvariant();
    }

    public static Dictionary<string, string> AttributesOf(int number)
    {
        var random = DriftRow.Mix((ulong)number);
        var (given, family) = (DriftRow.Given[random % 10], DriftRow.Family[random / 10 % 10]);
        return new Dictionary<string, string>(Managed.Length)
        {
            ["department"] = DriftRow.Departments[random / 100 % 6],
            ["displayName"] = $"{family}, {given}",
            ["employeeNumber"] = string.Create(CultureInfo.InvariantCulture, $"E{number:D8}"),
            ["familyName"] = family,
            ["givenName"] = given,
            ["mail"] = UserNameOf(number),
            ["phone"] = string.Create(CultureInfo.InvariantCulture, $"+49 30 {random % 100_000_000:D8}"),
            ["title"] = DriftRow.Titles[random / 600 % 5],
        };
    }

    /// <summary>The account as the target holds it; null where it is missing there.</summary>
    public static TargetAccount? AccountOf(int number)
    {
        var drift = DriftRow.DriftOf(number);
        if (drift == Drift.Missing)
        {
            return null;
        }

        var attributes = AttributesOf(number);
        if (drift == Drift.Attribute)
        {
            attributes["title"] = "Someone Else";
        }

        return new TargetAccount(KeyOf(number), UserNameOf(number), drift != Drift.Status, IdOf(number), attributes);
    }

    /// <summary>The rights the target holds of it, in ordinal order.</summary>
    public static string[] RightsOf(int number) => DriftRow.DriftOf(number) switch
    {
        Drift.Missing or Drift.Orphan => [],
        Drift.ExtraGrant => ["group:Admins", Everyone, Payments],
        Drift.MissingGrant => [Everyone],
        _ => [Everyone, Payments],
    };

    /// <summary>What was planted, by the kind a comparison must name.</summary>
    public static IReadOnlyDictionary<string, int> Planted(int people) => Enumerable.Range(0, people)
        .Select(DriftRow.DriftOf)
        .Where(drift => drift != Drift.None)
        .GroupBy(drift => Enum.Parse<DriftKind>(drift.ToString()))
        .ToDictionary(kind => kind.Key.ToString(), kind => kind.Count());

    static string Format(ulong random, int number) => string.Create(CultureInfo.InvariantCulture, $"{random:x16}-{number:x8}");
}
