using System.Buffers.Text;
using System.Text;

namespace ServerlessSync.Benchmarks.Reconciliation;

/// <summary>One person of the data, told from a number: a key, ten attributes, and in one of a hundred a drift.</summary>
static class DriftRow
{
    /// <summary>Columns beside the key, in the order an image has them.</summary>
    public static readonly string[] Columns =
        ["active", "userName", "department", "displayName", "employeeNumber", "grants", "mail", "manager", "phone", "title"];

    /// <summary>Bytes a row takes at most.</summary>
    public const int MostBytes = 512;

    const int Kinds = 6;
    const int OneOf = 100;

    public static readonly string[] Departments = ["Finance", "Information Technology", "Human Resources", "Sales", "Operations", "Legal"];
    public static readonly string[] Given = ["Ada", "Grace", "Edsger", "Barbara", "Donald", "Frances", "Niklaus", "Jürgen", "Margaret", "Tony"];
    public static readonly string[] Family = ["Lovelace", "Hopper", "Dijkstra", "Liskov", "Knuth", "Allen", "Wirth", "Müller", "Hamilton", "Hoare"];
    public static readonly string[] Titles = ["Senior Accountant", "Software Engineer", "Account Executive", "Counsel", "Operations Lead"];

    public static Drift DriftOf(int number)
    {
        var random = Mix((ulong)number + 0x5eed);
        return random % OneOf == 0 ? (Drift)(1 + (random / OneOf % Kinds)) : Drift.None;
    }

    /// <summary>Writes the row as CSV.</summary>
    /// <returns>Its bytes; 0 when the side has no such row.</returns>
    public static int Write(Span<byte> row, int number, int rows, bool isTarget)
    {
        var drift = DriftOf(number);
        if (drift == (isTarget ? Drift.Missing : Drift.Orphan))
        {
            return 0;
        }

        drift = isTarget ? drift : Drift.None;
        var random = Mix((ulong)number);
        var at = WriteKey(row, number, rows, random);
        var given = Given[random % 10];
        var family = Family[random / 10 % 10];
        var grants = drift switch
        {
            Drift.ExtraGrant => "group:Everyone group:Payments group:Admins",
            Drift.MissingGrant => "group:Everyone",
            _ => "group:Everyone group:Payments",
        };
        at += Put(row[at..], drift == Drift.Status ? ",false" : ",true");
        at += Put(row[at..], $",{given}.{family}{number}@example.com,{Departments[random / 100 % 6]},\"{family}, {given}\",E{number:D8},{grants},");
        return at + Put(row[at..], $"{given}.{family}{number}@example.com,{Mix(random):x16},+49 30 {random % 100_000_000:D8},{(drift == Drift.Attribute ? "Someone Else" : Titles[random / 600 % 5])}\n");
    }

    // The first eight digits rise with the number, so the numbers in order are the keys in order.
    static int WriteKey(Span<byte> row, int number, int rows, ulong random)
    {
        Utf8Formatter.TryFormat((uint)((ulong)number * (1UL << 32) / (ulong)rows), row, out var at, new('x', 8));
        Utf8Formatter.TryFormat(Mix(random + 1), row[8..], out _, new('x', 16));
        Utf8Formatter.TryFormat(Mix(random + 2), row[24..], out _, new('x', 16));
        foreach (var dash in (int[])[8, 13, 18, 23])
        {
            row[dash] = (byte)'-';
        }

        return 36;
    }

    static int Put(Span<byte> at, string text) => Encoding.UTF8.GetBytes(text, at);

    // splitmix64: numbers that look random and are the same every time.
    public static ulong Mix(ulong value)
    {
        value += 0x9e3779b97f4a7c15;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
