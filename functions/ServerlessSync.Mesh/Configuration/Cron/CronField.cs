using System.Globalization;
using System.Numerics;

namespace ServerlessSync.Mesh.Configuration;

/// <summary>One field of a cron expression.</summary>
/// <param name="Bits">The numbers it lets through, one bit each.</param>
/// <param name="IsOpen">Whether it begins with a star.</param>
sealed record CronField(ulong Bits, bool IsOpen)
{
    /// <summary>Whether a number is let through.</summary>
    public bool Has(int number) => (Bits >> number & 1) != 0;

    /// <summary>The first number let through that is not below the one given, or -1.</summary>
    public int From(int number) =>
        number < 64 && Bits >> number << number is not 0 and var rest ? BitOperations.TrailingZeroCount(rest) : -1;

    /// <summary>Reads a field, or answers null with what is wrong.</summary>
    public static CronField? Parse(string text, CronRange range, out string? fault)
    {
        var bits = 0UL;
        foreach (var part in text.Split(','))
        {
            fault = ParsePart(part, range, ref bits);
            if (fault is not null)
            {
                return null;
            }
        }

        fault = null;
        // Sunday is 0 and 7.
        bits = range.IsWeekday && (bits >> 7 & 1) != 0 ? (bits | 1) & 0x7F : bits;
        return new CronField(bits, text[0] == '*');
    }

    static string? ParsePart(string part, CronRange range, ref ulong bits)
    {
        var slash = part.IndexOf('/', StringComparison.Ordinal);
        var span = slash < 0 ? part : part[..slash];
        if (!TryReadStep(slash < 0 ? null : part[(slash + 1)..], range, out var step))
        {
            return $"the step of '{part}' in {range.Name} is expected to be a whole number from 1 to {range.Last}";
        }

        if (!TryReadSpan(span, slash >= 0, range, out var first, out var last))
        {
            return $"'{part}' in {range.Name} is expected to be *, or {range.Expected}, a range of them, and a step like */5";
        }

        if (last < first)
        {
            return $"the range '{span}' in {range.Name} ends before it begins; write it as two";
        }

        for (var number = first; number <= last; number += step)
        {
            bits |= 1UL << number;
        }

        return null;
    }

    static bool TryReadStep(string? text, CronRange range, out int step)
    {
        step = 1;
        return text is null || (TryReadNumber(text, out step) && step >= 1 && step <= range.Last);
    }

    /// <summary>A star, one number, or two with '-' between; one number with a step goes on to the end.</summary>
    static bool TryReadSpan(string text, bool hasStep, CronRange range, out int first, out int last)
    {
        (first, last) = (range.First, range.IsWeekday ? 6 : range.Last);
        if (text == "*")
        {
            return true;
        }

        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (!range.TryRead(dash < 0 ? text : text[..dash], out first))
        {
            return false;
        }

        if (dash < 0)
        {
            last = hasStep ? last : first;
            return true;
        }

        if (!range.TryRead(text[(dash + 1)..], out last))
        {
            return false;
        }

        // A week that ends on Sunday: sat-sun.
        last = range.IsWeekday && last == 0 && first > 0 ? 7 : last;
        return true;
    }

    internal static bool TryReadNumber(string text, out int number)
    {
        number = 0;
        return text.Length is 1 or 2 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}

/// <summary>What may stand in a field.</summary>
sealed record CronRange(string Name, int First, int Last, IReadOnlyList<string> Names, int FirstNamed)
{
    public static CronRange Minute { get; } = new("minute", 0, 59, [], 0);

    public static CronRange Hour { get; } = new("hour", 0, 23, [], 0);

    public static CronRange Day { get; } = new("day of month", 1, 31, [], 0);

    public static CronRange Month { get; } = new("month", 1, 12, ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1);

    public static CronRange Weekday { get; } = new("day of week", 0, 7, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"], 0);

    public bool IsWeekday => this == Weekday;

    /// <summary>What one value may be, for people.</summary>
    public string Expected => Names.Count == 0 ? $"a number from {First} to {Last}" : $"a number from {First} to {Last} or a name like {Names[1]}";

    public bool TryRead(string text, out int number)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (text.Equals(Names[i], StringComparison.OrdinalIgnoreCase))
            {
                number = i + FirstNamed;
                return true;
            }
        }

        return CronField.TryReadNumber(text, out number) && number >= First && number <= Last;
    }
}
