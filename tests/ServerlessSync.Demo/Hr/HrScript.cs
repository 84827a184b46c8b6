namespace ServerlessSync.Demo.Hr;

/// <summary>The events of the sample world, in the order in which they are sent.</summary>
sealed class HrScript
{
    /// <summary>The one who comes back.</summary>
    public const string Returning = "173";

    static readonly string[] LeaverIds = ["113", "119", "124", "128", "136", "149", "164", "166", "167", Returning, "183", "199"];

    long _sequence;

    public HrScript(HrFile file)
    {
        var byId = file.Employees.ToDictionary(e => e.Id, StringComparer.Ordinal);
        // Even numbers first: a good part of the reports come before their managers, and some after.
        var joining = file.Employees.OrderBy(e => e.Id[^1] % 2).Select(e => file.History[e.Id].FirstOrDefault() ?? e).ToList();
        Joins = [.. joining.Select(e => Next(HrEvent.Hired, e))];
        ReportsFirst = joining.Where((e, place) => joining.FindIndex(m => m.Id == e.ManagerId) > place).Count();
        Moves = [.. file.History.SelectMany(h => h.Skip(1).Append(byId[h.Key])).Select(e => Next(HrEvent.Changed, e))];
        Leavers = [.. LeaverIds.Select(id => Next(HrEvent.Terminated, byId[id]))];
        Return = Next(HrEvent.Returned, byId[Returning]);
    }

    public IReadOnlyList<HrEvent> Joins { get; }

    /// <summary>How many join before the one who manages them.</summary>
    public int ReportsFirst { get; }

    public IReadOnlyList<HrEvent> Moves { get; }

    public IReadOnlyList<HrEvent> Leavers { get; }

    public HrEvent Return { get; }

    public int Count => Joins.Count + Moves.Count + Leavers.Count + 1;

    HrEvent Next(string type, Employee employee) => new(type, employee, ++_sequence);
}
