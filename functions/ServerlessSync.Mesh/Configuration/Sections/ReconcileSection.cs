using System.Globalization;
using ServerlessSync.Mesh.Configuration.Reading;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Configuration.Sections;

/// <summary>Reads <c>reconcile</c> of a target: when and how it is compared with the record.</summary>
static class ReconcileSection
{
    const string Default = "default";
    const int LargestCanary = 10_000;
    const double Whole = 100;

    static readonly TimeSpan LongestJitter = TimeSpan.FromDays(1);

    static readonly OrderedDictionary<string, DriftKind> Kinds = new(Enum.GetValues<DriftKind>().Select(k => KeyValuePair.Create(k.Word(), k)));

    static readonly Dictionary<string, DriftAction> Actions = new()
    {
        ["report"] = DriftAction.Report,
        ["ask"] = DriftAction.Ask,
        ["remediate"] = DriftAction.Remediate,
    };

    static readonly OrderedDictionary<string, DayOfWeek> Days = new(Enum.GetValues<DayOfWeek>().Select(d => KeyValuePair.Create(d.ToString().ToLowerInvariant(), d)));

    public static ReconcileConfiguration Read(Node? node, Reader read)
    {
        var section = read.Open(node, "schedule", "changes", "timeZone", "jitter", "actions", "guards", "canary", "leastRead", "windows");
        var (defaults, schedule) = (new ReconcileConfiguration(), section.Optional("schedule"));
        return new ReconcileConfiguration
        {
            Schedule = ReadSchedule(schedule, read),
            Changes = ReadChanges(section.Optional("changes"), schedule, read),
            TimeZone = ReadZone(section.Optional("timeZone"), read) ?? defaults.TimeZone,
            Jitter = ReadJitter(section.Optional("jitter"), read) ?? defaults.Jitter,
            Actions = ReadActions(section.Optional("actions"), read),
            Guards = ReadGuards(section.Optional("guards"), read),
            Canary = read.Whole(section.Optional("canary"), 0, LargestCanary) ?? defaults.Canary,
            LeastRead = read.Number(section.Optional("leastRead"), 0, Whole) ?? defaults.LeastRead,
            Windows = section.Optional("windows") is { } windows ? [.. read.Items(windows, "a list of windows").Select(w => ReadWindow(w, read))] : [],
        };
    }

    static CronExpression? ReadSchedule(Node? node, Reader read)
    {
        if (read.Text(node, CronExpression.Expected) is not { } text)
        {
            return null;
        }

        var schedule = CronExpression.Parse(text, out var fault);
        if (fault is not null)
        {
            read.Fault(node!, fault);
        }

        return schedule;
    }

    static CronExpression? ReadChanges(Node? node, Node? schedule, Reader read)
    {
        if (node is not null && schedule is null)
        {
            read.Fault(node, "expected a schedule beside it: who was deleted is found by complete comparisons alone");
        }

        return ReadSchedule(node, read);
    }

    static TimeZoneInfo? ReadZone(Node? node, Reader read)
    {
        const string Expected = "the name of a time zone like Europe/Berlin";
        if (read.Text(node, Expected) is not { } name)
        {
            return null;
        }

        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
        {
            return zone;
        }

        // UTC is built in; a machine that knows nothing else has no time zones installed.
        var known = TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id).Where(id => id != TimeZoneInfo.Utc.Id).ToList();
        read.Fault(node!, known.Count == 0
            ? $"time zone '{Reader.Short(name)}' cannot be looked up: no time zones are installed on this machine; install the package tzdata, or leave it out for UTC"
            : $"unknown time zone '{Reader.Short(name)}', expected {Expected}; the nearest is '{NearestName.Of(name, known)}'");
        return null;
    }

    static TimeSpan? ReadJitter(Node? node, Reader read)
    {
        var jitter = Units.Duration(read, node);
        if (jitter > LongestJitter)
        {
            read.Fault(node!, "expected P1D at most");
        }

        return jitter;
    }

    static Dictionary<DriftKind, DriftAction> ReadActions(Node? node, Reader read)
    {
        var actions = new Dictionary<DriftKind, DriftAction>();
        var section = read.Open(node, [.. Kinds.Keys]);
        foreach (var (word, kind) in Kinds)
        {
            if (section.Optional(word) is not { } value || read.Choice(value, Actions) is not { } action)
            {
                continue;
            }

            if (action == DriftAction.Remediate && !kind.CanBeRemediated())
            {
                read.Fault(value, $"no plan can mend {word}; expected report or ask");
            }

            actions[kind] = action;
        }

        return actions;
    }

    /// <summary>A default here stands for every kind that is not named.</summary>
    static Dictionary<DriftKind, GuardConfiguration> ReadGuards(Node? node, Reader read)
    {
        var section = read.Open(node, [Default, .. Kinds.Keys]);
        var otherwise = section.Optional(Default) is { } common ? GuardsSection.ReadOne(common, read) : null;
        var guards = new Dictionary<DriftKind, GuardConfiguration>();
        foreach (var (word, kind) in Kinds)
        {
            if ((section.Optional(word) is { } own ? GuardsSection.ReadOne(own, read) : otherwise) is { } guard)
            {
                guards[kind] = guard;
            }
        }

        return guards;
    }

    static MaintenanceWindow ReadWindow(Node node, Reader read)
    {
        var section = read.Open(node, "days", "from", "to");
        var expected = string.Join(" or ", Days.Keys);
        var days = section.Require("days", "the days of the week it begins on, like [saturday, sunday]") is { } named ? read.OneOrMore(named, "days of the week") : [];
        return new MaintenanceWindow(
            days.Select(d => read.ParseValue<DayOfWeek>(d, expected, text => Days.TryGetValue(text, out var day) ? day : null)).OfType<DayOfWeek>().ToHashSet(),
            ReadTime(section.Require("from", "when it begins, like 22:00"), read) ?? default,
            ReadTime(section.Require("to", "when it ends, like 04:00"), read) ?? default);
    }

    static TimeOnly? ReadTime(Node? node, Reader read) => read.ParseValue<TimeOnly>(node, "a time of day from 00:00 to 23:59", text =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null);
}
