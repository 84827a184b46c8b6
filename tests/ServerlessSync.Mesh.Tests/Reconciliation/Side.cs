using System.Text;
using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Tests.Reconciliation;

/// <summary>Random sides of a comparison, and what comparing them must tell, worked out with dictionaries from the accounts themselves.</summary>
static class Side
{
    static readonly string[] Attributes = ["department", "mail", "title"];
    static readonly string[] Texts = ["", " ", "x", "Müller", "田中", "a\tb", new('y', 126), new('y', 127), new('z', 5000), "\ud83d\ude00", "\ud800", "\ud801", "é", "e\u0301"];

    public static ImageSchema Schema { get; } = ImageSchema.ForAccounts(Attributes);

    public static string Show(string field, string? expected, string? found) => $"{field}:{expected ?? "-"}>{found ?? "-"}";

    /// <summary>Two sides that have much in common; each may have a key twice.</summary>
    public static (List<ExpectedAccount> Record, List<TargetAccount> Target) Random(Random random)
    {
        var record = new List<ExpectedAccount>();
        var target = new List<TargetAccount>();
        var keys = random.Next(5) == 0 ? 0 : random.Next(120);
        for (var i = 0; i < keys; i++)
        {
            var expected = new ExpectedAccount(Key(random, i), $"User{i}@Example.com", random.Next(4) > 0, $"id{i}", Values(random));
            for (var copy = random.Next(12) == 0 ? 2 : random.Next(10) == 0 ? 0 : 1; copy > 0; copy--)
            {
                record.Add(copy > 1 && random.Next(2) == 0 ? expected with { Active = !expected.Active } : expected);
            }

            for (var copy = random.Next(12) == 0 ? 3 : random.Next(10) == 0 ? 0 : 1; copy > 0; copy--)
            {
                target.Add(Drifted(random, expected));
            }
        }

        return (Shuffle(random, record), Shuffle(random, target));
    }

    /// <summary>What a comparison tells, in order of keys, as <see cref="Ordered"/>.</summary>
    public static List<string> Expected(List<ExpectedAccount> record, List<TargetAccount> target)
    {
        var wanted = record.ToLookup(a => a.Key, a => new TargetAccount(a.Key, a.UserName, a.Active, a.OwnerMark, a.Attributes));
        var held = target.ToLookup(a => a.Key);
        var told = new List<string>();
        foreach (var key in wanted.Concat(held).Select(g => g.Key).Distinct().OrderBy(KeyText.Encode, StringComparer.Ordinal))
        {
            var (one, other) = (InOrder(wanted[key]), InOrder(held[key]));
            if (one.Count == 0 || other.Count == 0)
            {
                told.Add(one.Count == 0 ? $"extra {key} {Line(other[0])}" : $"missing {key} {Line(one[0])}");
            }
            else if (!one[0].SequenceEqual(other[0]))
            {
                var different = Enumerable.Range(0, Schema.Fields.Count).Where(i => one[0][i] != other[0][i]);
                told.Add($"different {key} {string.Join(' ', different.Select(i => Show(Schema.Fields[i], one[0][i], other[0][i])))}");
            }

            told.AddRange(one.Skip(1).Select(fields => $"repeated Record {key} {Line(fields)}").Concat(other.Skip(1).Select(fields => $"repeated Target {key} {Line(fields)}")));
        }

        return Ordered(told);
    }

    /// <summary>What was told, the repeated ones last and in order of their text: their order among themselves is open.</summary>
    public static List<string> Ordered(List<string> told) =>
        [.. told.Where(line => !IsRepeated(line)), .. told.Where(IsRepeated).Order(StringComparer.Ordinal)];

    static bool IsRepeated(string line) => line.StartsWith("repeated", StringComparison.Ordinal);

    static string Line(string?[] fields) => string.Join(' ', fields.Select(value => value is null ? "-" : $"'{value}'"));

    // The order of content is the order of its bytes, which nobody but the writer knows.
    static List<string?[]> InOrder(IEnumerable<TargetAccount> accounts) =>
        [.. accounts.OrderBy(account => Convert.ToHexString(new ImageWriter(Schema).Write(account).Content), StringComparer.Ordinal).Select(Fields)];

    static string?[] Fields(TargetAccount account) =>
    [
        account.Active ? "true" : "false",
        SignInName.KeyOf(account.UserName),
        account.OwnerMark,
        .. Attributes.Select(name => account.Attributes.TryGetValue(name, out var value) ? Shown(value) : null),
    ];

    static string Shown(string value)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        return utf8.Length <= 4096 && Encoding.UTF8.GetString(utf8) == value
            ? value
            : $"{Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value[..Math.Min(256, value.Length)]))}... ({value.Length} characters, SHA-256 {KeyText.Hash(value)})";
    }

    static string Key(Random random, int number) => random.Next(8) switch
    {
        0 => $"a/b_{number}",
        1 => $"{new string('k', 119)}{number}",
        2 => $"{new string('ü', 60)}{number}",
        3 => $"日本{number}\u0001",
        4 => new string('p', random.Next(20)) + number,
        5 => number == 0 ? "" : $"{number}",
        _ => $"prefix-in-common-{number:D6}",
    };

    static Dictionary<string, string> Values(Random random)
    {
        var values = new Dictionary<string, string> { ["unmanaged"] = $"{random.Next()}" };
        foreach (var name in Attributes.Where(_ => random.Next(4) > 0))
        {
            values[name] = Texts[random.Next(Texts.Length)];
        }

        return values;
    }

    static TargetAccount Drifted(Random random, ExpectedAccount expected)
    {
        var values = expected.Attributes.Where(a => a.Key != "unmanaged").ToDictionary(a => a.Key, a => a.Value);
        var account = new TargetAccount(expected.Key, random.Next(2) == 0 ? expected.UserName : expected.UserName.ToUpperInvariant(), expected.Active, expected.OwnerMark, values);
        switch (random.Next(12))
        {
            case 0:
                return account with { Active = !expected.Active };
            case 1:
                return account with { OwnerMark = random.Next(3) switch { 0 => null, 1 => "", _ => "another" } };
            case 2:
                return account with { UserName = "other" + expected.UserName };
            case 3:
                values["title"] = Texts[random.Next(Texts.Length)];
                return account;
            case 4:
                values.Remove("mail");
                return account;
            default:
                return account;
        }
    }

    static List<T> Shuffle<T>(Random random, List<T> items)
    {
        var shuffled = items.ToArray();
        random.Shuffle(shuffled);
        return [.. shuffled];
    }
}
