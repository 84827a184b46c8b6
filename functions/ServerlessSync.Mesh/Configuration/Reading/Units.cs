using System.Globalization;
using System.Text.RegularExpressions;

namespace ServerlessSync.Mesh.Configuration.Reading;

/// <summary>Durations, rates and references as written in mesh.yaml.</summary>
static partial class Units
{
    static readonly TimeSpan LongestWait = TimeSpan.FromDays(3650);
    static readonly TimeSpan LongestKept = TimeSpan.FromDays(100 * 365);

    /// <summary>An ISO 8601 duration above zero, of days, hours, minutes and seconds; years and months have no fixed length and are not taken.</summary>
    public static TimeSpan? Duration(Reader read, Node? node) =>
        read.ParseValue<TimeSpan>(node, "an ISO 8601 duration above zero like PT24H or P3D", ParseDuration);

    /// <summary>An ISO 8601 duration above zero and up to 100 years, by the calendar: years and months are taken too.</summary>
    public static Period? Period(Reader read, Node? node) =>
        read.ParseValue<Period>(node, "an ISO 8601 duration above zero like P7Y, P18M or P90D", ParsePeriod);

    /// <summary>Calls per second.</summary>
    public static double? Rate(Reader read, Node? node) => read.ParseValue<double>(node, "a rate like 50/s or 600/min", ParseRate);

    /// <summary>A reference to a secret. What stands there instead is never repeated: it may be the secret.</summary>
    public static SecretReference? Secret(Reader read, Node? node)
    {
        if (node is ScalarNode scalar && ParseSecret(scalar.Text) is { } reference)
        {
            return reference;
        }

        if (node is not null)
        {
            read.Fault(node, "expected a reference to a secret like env:NAME, got something else (not shown); a secret itself must not stand in this file");
        }

        return null;
    }

    public static SecretReference? ParseSecret(string text) => Reference().IsMatch(text) ? new SecretReference("env", text["env:".Length..]) : null;

    static TimeSpan? ParseDuration(string text) =>
        Iso8601().Match(text) is { Success: true } match && Exact(match) is var value && value > TimeSpan.Zero && value <= LongestWait ? value : null;

    static Period? ParsePeriod(string text)
    {
        if (Calendar().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var value = new Period((int)Part(match, "years"), (int)Part(match, "months"), Exact(match));
        return value.Least > TimeSpan.Zero && value.Least <= LongestKept ? value : null;
    }

    /// <summary>What has a fixed length.</summary>
    static TimeSpan Exact(Match match) =>
        TimeSpan.FromDays((7 * Part(match, "weeks")) + Part(match, "days"))
        + TimeSpan.FromHours(Part(match, "hours"))
        + TimeSpan.FromMinutes(Part(match, "minutes"))
        + TimeSpan.FromSeconds(Part(match, "seconds"));

    static double Part(Match match, string group) => match.Groups[group].Success ? double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;

    static double? ParseRate(string text)
    {
        if (RatePattern().Match(text) is not { Success: true } match || Part(match, "number") is not (> 0 and var number))
        {
            return null;
        }

        return match.Groups["unit"].Value == "s" ? number : number / 60;
    }

    [GeneratedRegex(@"\AP(?=.)(?:(?<days>[0-9]{1,5})D)?(?:T(?=.)(?:(?<hours>[0-9]{1,6})H)?(?:(?<minutes>[0-9]{1,7})M)?(?:(?<seconds>[0-9]{1,8}(?:\.[0-9]{1,3})?)S)?)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Iso8601();

    [GeneratedRegex(@"\AP(?=.)(?:(?<years>[0-9]{1,3})Y)?(?:(?<months>[0-9]{1,4})M)?(?:(?<weeks>[0-9]{1,4})W)?(?:(?<days>[0-9]{1,5})D)?(?:T(?=.)(?:(?<hours>[0-9]{1,6})H)?(?:(?<minutes>[0-9]{1,7})M)?(?:(?<seconds>[0-9]{1,8}(?:\.[0-9]{1,3})?)S)?)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Calendar();

    [GeneratedRegex(@"\A(?<number>[0-9]{1,7}(?:\.[0-9]{1,3})?)/(?<unit>s|min)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RatePattern();

    [GeneratedRegex(@"\Aenv:[A-Za-z_][A-Za-z0-9_]{0,127}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference();
}
