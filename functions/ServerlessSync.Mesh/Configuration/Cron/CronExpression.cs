namespace ServerlessSync.Mesh.Configuration;

/// <summary>
/// When something happens, as cron writes it (<see href="https://manpages.debian.org/bookworm/cron/crontab.5.en.html"/>): minute, hour, day of month,
/// month and day of week, each <c>*</c>, a number or name, a range, a step, or a list of these. Where day of month and day of week both begin with
/// something else than <c>*</c>, either is enough.
/// </summary>
public sealed class CronExpression
{
    /// <summary>What is expected where one is asked for.</summary>
    public const string Expected = "five fields: minute, hour, day of month, month, day of week, like '0 3 * * mon-fri'";

    static readonly CronRange[] Ranges = [CronRange.Minute, CronRange.Hour, CronRange.Day, CronRange.Month, CronRange.Weekday];

    /// <summary>A leap year's months.</summary>
    static readonly int[] LongestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

    readonly string _text;
    readonly CronField _minute;
    readonly CronField _hour;
    readonly CronField _day;
    readonly CronField _month;
    readonly CronField _weekday;

    CronExpression(string text, CronField[] fields)
    {
        _text = text;
        (_minute, _hour, _day, _month, _weekday) = (fields[0], fields[1], fields[2], fields[3], fields[4]);
    }

    /// <summary>Whether one day of month and another day of week are meant; otherwise both must be right.</summary>
    bool IsEither => !_day.IsOpen && !_weekday.IsOpen;

    /// <summary>Reads one, or answers null with what is wrong.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="fault">What is wrong, for people; null when nothing is.</param>
    public static CronExpression? Parse(string text, out string? fault)
    {
        var parts = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != Ranges.Length)
        {
            fault = $"expected {Expected}, got {parts.Length} fields";
            return null;
        }

        var fields = new CronField[Ranges.Length];
        for (var i = 0; i < Ranges.Length; i++)
        {
            if (CronField.Parse(parts[i], Ranges[i], out fault) is not { } field)
            {
                return null;
            }

            fields[i] = field;
        }

        var expression = new CronExpression(string.Join(' ', parts), fields);
        fault = expression.EverComes() ? null : "no month named has a day named, so it never comes";
        return fault is null ? expression : null;
    }

    /// <summary>
    /// The first moment after the one given. A time the clock jumps over comes once, when the clock has jumped; a time the clock shows twice comes
    /// the first time.
    /// </summary>
    /// <param name="after">The moment it comes after.</param>
    /// <param name="zone">Whose clock is meant.</param>
    /// <exception cref="ArgumentOutOfRangeException">It does not come before the year 9999.</exception>
    public DateTimeOffset NextAfter(DateTimeOffset after, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(after, zone).DateTime;
        for (var from = local.AddTicks(-(local.Ticks % TimeSpan.TicksPerMinute)); ; from = from.AddMinutes(1))
        {
            from = NextOnClock(from);
            if (MomentOf(from, zone) is var moment && moment > after)
            {
                return moment;
            }
        }
    }

    /// <summary>The expression, its fields one space apart.</summary>
    public override string ToString() => _text;

    /// <summary>
    /// When the clock shows this, or has jumped over it. Only the way from a moment to the clock is asked for: the other way is wrong in zones whose
    /// summer time is the standard, such as Ireland's.
    /// </summary>
    static DateTimeOffset MomentOf(DateTime local, TimeZoneInfo zone)
    {
        var asUtc = new DateTimeOffset(local, TimeSpan.Zero);
        var (before, after) = (zone.GetUtcOffset(asUtc.AddDays(-1)), zone.GetUtcOffset(asUtc.AddDays(1)));
        var (first, second) = before > after ? (asUtc - before, asUtc - after) : (asUtc - after, asUtc - before);
        if (Shows(first))
        {
            return first;
        }

        if (Shows(second))
        {
            return second;
        }

        while (zone.GetUtcOffset(first) == before)
        {
            first = first.AddMinutes(1);
        }

        return first;

        bool Shows(DateTimeOffset moment) => moment + zone.GetUtcOffset(moment) == asUtc;
    }

    /// <summary>The first minute that is right, from the one given on, on a clock that never jumps.</summary>
    DateTime NextOnClock(DateTime from)
    {
        var (day, time) = (DateOnly.FromDateTime(from), TimeOnly.FromDateTime(from));
        while (day.Year < DateOnly.MaxValue.Year)
        {
            if (!_month.Has(day.Month))
            {
                day = new DateOnly(day.Year, day.Month, 1).AddMonths(1);
            }
            else if (IsRightDay(day) && NextOfDay(time) is { } found)
            {
                return day.ToDateTime(found);
            }
            else
            {
                day = day.AddDays(1);
            }

            time = TimeOnly.MinValue;
        }

        throw new ArgumentOutOfRangeException(nameof(from), from, $"'{_text}' does not come any more.");
    }

    bool IsRightDay(DateOnly day)
    {
        var (ofMonth, ofWeek) = (_day.Has(day.Day), _weekday.Has((int)day.DayOfWeek));
        return IsEither ? ofMonth || ofWeek : ofMonth && ofWeek;
    }

    TimeOnly? NextOfDay(TimeOnly from)
    {
        if (_hour.Has(from.Hour) && _minute.From(from.Minute) is >= 0 and var minute)
        {
            return new TimeOnly(from.Hour, minute);
        }

        return _hour.From(from.Hour + 1) is >= 0 and var hour ? new TimeOnly(hour, _minute.From(0)) : null;
    }

    bool EverComes() => IsEither || Enumerable.Range(1, LongestMonths.Length).Any(month => _month.Has(month) && _day.From(1) <= LongestMonths[month - 1]);
}
