using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.TestKit;
using Shouldly;

namespace ServerlessSync.Mesh.Tests.Configuration;

public sealed class CronTests
{
    [Theory]
    [InlineData("0 3 * * *", "2026-01-05T09:00", "2026-01-06T03:00")]
    [InlineData("0 3 * * *", "2026-01-05T03:00", "2026-01-06T03:00")]
    [InlineData("0 3 * * *", "2026-01-05T02:59:59", "2026-01-05T03:00")]
    [InlineData("*/15 * * * *", "2026-01-05T09:01", "2026-01-05T09:15")]
    [InlineData("5/20 * * * *", "2026-01-05T09:06", "2026-01-05T09:25")]
    [InlineData("10-20/5,50 9 * * *", "2026-01-05T09:20", "2026-01-05T09:50")]
    [InlineData("0 0 1 jan,JUL *", "2026-01-05T09:00", "2026-07-01T00:00")]
    [InlineData("0 0 * * sat-sun", "2026-01-05T09:00", "2026-01-10T00:00")]
    [InlineData("0 0 * * 7", "2026-01-05T09:00", "2026-01-11T00:00")]
    [InlineData("0 0 * * 5-7", "2026-01-10T09:00", "2026-01-11T00:00")]
    [InlineData("0 0 13 * fri", "2026-01-05T09:00", "2026-01-09T00:00")]
    [InlineData("0 0 13 * fri", "2026-01-09T00:00", "2026-01-13T00:00")]
    [InlineData("0 0 13 * */7", "2026-01-05T09:00", "2026-09-13T00:00")]
    [InlineData("0 0 29 2 *", "2026-01-05T09:00", "2028-02-29T00:00")]
    [InlineData("0 0 31 * *", "2026-04-01T00:00", "2026-05-31T00:00")]
    [InlineData("59 23 31 12 *", "2026-12-31T23:59", "2027-12-31T23:59")]
    public void The_next_time_is_found(string cron, string after, string next) =>
        Parse(cron).NextAfter(At(after), TimeZoneInfo.Utc).ShouldBe(At(next));

    [Theory]
    [InlineData("30 2 * * *", "2026-03-28T12:00Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z")]
    [InlineData("*/10 2 * * *", "2026-03-29T00:00Z", "2026-03-29T01:00Z", "2026-03-30T00:00Z")]
    [InlineData("0 2-3 * * *", "2026-03-28T12:00Z", "2026-03-29T01:00Z", "2026-03-30T00:00Z")]
    public void A_time_the_clock_jumps_over_comes_once_when_it_has_jumped(string cron, string after, string first, string second) => Berlin(cron, after, first, second);

    [Theory]
    [InlineData("30 2 * * *", "2026-10-24T12:00Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z")]
    [InlineData("0,30 2 * * *", "2026-10-25T00:10Z", "2026-10-25T00:30Z", "2026-10-26T01:00Z")]
    public void A_time_the_clock_shows_twice_comes_the_first_time(string cron, string after, string first, string second) => Berlin(cron, after, first, second);

    [Theory]
    [InlineData("* * * *")]
    [InlineData("* * * * * *")]
    [InlineData("@daily")]
    [InlineData("60 * * * *")]
    [InlineData("* 24 * * *")]
    [InlineData("* * 0 * *")]
    [InlineData("* * 32 * *")]
    [InlineData("* * * 13 *")]
    [InlineData("* * * * 8")]
    [InlineData("* * * * monday")]
    [InlineData("* * * mon *")]
    [InlineData("*/0 * * * *")]
    [InlineData("*/ * * * *")]
    [InlineData("*/99 * * * *")]
    [InlineData("5- * * * *")]
    [InlineData("-5 * * * *")]
    [InlineData("20-10 * * * *")]
    [InlineData("1,,2 * * * *")]
    [InlineData("+1 * * * *")]
    [InlineData("1.5 * * * *")]
    [InlineData("** * * * *")]
    [InlineData("0 0 L * *")]
    [InlineData("0 0 31 2,4,6,9,11 *")]
    public void Anything_else_is_refused_with_its_reason(string cron)
    {
        CronExpression.Parse(cron, out var fault).ShouldBeNull();
        fault.ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-28", "2026-10-24")]
    [InlineData("America/New_York", "2026-03-07", "2026-10-31")]
    [InlineData("Australia/Lord_Howe", "2026-04-04", "2026-10-03")]
    [InlineData("Europe/Dublin", "2026-03-28", "2026-10-24")]
    [InlineData("America/Santiago", "2026-04-04", "2026-09-05")]
    [InlineData("Africa/Cairo", "2026-04-23", "2026-10-29")]
    [InlineData("Asia/Kolkata", "2026-02-27", "2026-12-31")]
    public void Every_time_is_the_one_a_clock_that_is_watched_minute_by_minute_shows(string zone, params string[] days)
    {
        var clock = TimeZoneInfo.FindSystemTimeZoneById(zone);
        foreach (var day in days)
        {
            var begin = At(day).AddHours(-14);
            var watched = Watch(clock, begin, TimeSpan.FromDays(3));
            Prop.ForAll(Expressions().ToArbitrary(), text =>
            {
                var expression = Parse(text);
                var found = new List<DateTimeOffset>();
                for (var at = expression.NextAfter(begin, clock); at <= begin.AddDays(3); at = expression.NextAfter(at, clock))
                {
                    found.Add(at);
                }

                found.ShouldBe(watched.Where(m => m.Shown.Any(local => Matches(text, local))).Select(m => m.At), text);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(Sweep.Pick(25, 600)));
        }
    }

    /// <summary>Each minute of real time, with the minutes of the clock that count there: the one shown, if it is shown for the first time, and those jumped over.</summary>
    static List<(DateTimeOffset At, List<DateTime> Shown)> Watch(TimeZoneInfo zone, DateTimeOffset begin, TimeSpan length)
    {
        var seen = new HashSet<DateTime>();
        var watched = new List<(DateTimeOffset, List<DateTime>)>();
        var before = Local(begin.AddDays(-1));
        for (var at = begin.AddDays(-1); at <= begin + length; at = at.AddMinutes(1))
        {
            var shown = new List<DateTime>();
            for (var skipped = before.AddMinutes(1); skipped <= Local(at); skipped = skipped.AddMinutes(1))
            {
                shown.Add(skipped);
            }

            shown.RemoveAll(minute => !seen.Add(minute));
            before = Local(at);
            if (at > begin)
            {
                watched.Add((at, shown));
            }
        }

        return watched;

        DateTime Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone).DateTime;
    }

    /// <summary>Cron's rule, said again by lists of words.</summary>
    static bool Matches(string cron, DateTime local)
    {
        var fields = cron.Split(' ');
        bool Is(int field, int value, int first, int last) => fields[field].Split(',').Any(part =>
        {
            var span = part.Split('/')[0];
            var (from, to) = span == "*" ? (first, last) : span.Contains('-', StringComparison.Ordinal)
                ? (Number(span.Split('-')[0]), Number(span.Split('-')[1]))
                : (Number(span), part.Contains('/', StringComparison.Ordinal) ? last : Number(span));
            return value >= from && value <= to && (value - from) % (part.Contains('/', StringComparison.Ordinal) ? Number(part.Split('/')[1]) : 1) == 0;
        });
        var day = Is(2, local.Day, 1, 31);
        var weekday = Is(4, (int)local.DayOfWeek, 0, 6) || (local.DayOfWeek == DayOfWeek.Sunday && fields[4][0] != '*' && Is(4, 7, 0, 6));
        var either = fields[2][0] != '*' && fields[4][0] != '*';
        return Is(0, local.Minute, 0, 59) && Is(1, local.Hour, 0, 23) && Is(3, local.Month, 1, 12) && (either ? day || weekday : day && weekday);
    }

    static Gen<string> Expressions() =>
        from minute in FieldOf(0, 59)
        from hour in FieldOf(0, 23)
        from day in Gen.Frequency((2, Gen.Constant("*")), (1, FieldOf(1, 28)))
        from month in Gen.Frequency((3, Gen.Constant("*")), (1, FieldOf(1, 12)))
        from weekday in Gen.Frequency((2, Gen.Constant("*")), (1, FieldOf(0, 7)))
        select $"{minute} {hour} {day} {month} {weekday}";

    static Gen<string> FieldOf(int first, int last)
    {
        var part = from a in Gen.Choose(first, last)
                   from b in Gen.Choose(a, last)
                   from step in Gen.Choose(1, last)
                   from shape in Gen.Choose(0, 5)
                   select shape switch { 0 => "*", 1 => $"{a}", 2 => $"{a}-{b}", 3 => $"*/{step}", 4 => $"{a}-{b}/{step}", _ => $"{Math.Min(a, 6)}/{step}" };
        return from parts in part.NonEmptyListOf() select string.Join(',', parts.Take(3));
    }

    static void Berlin(string cron, string after, string first, string second)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        Parse(cron).NextAfter(At(after), zone).ShouldBe(At(first));
        Parse(cron).NextAfter(At(first), zone).ShouldBe(At(second));
    }

    static CronExpression Parse(string cron)
    {
        var expression = CronExpression.Parse(cron, out var fault);
        fault.ShouldBeNull(cron);
        return expression!;
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
