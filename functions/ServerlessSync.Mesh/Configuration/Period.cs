namespace ServerlessSync.Mesh.Configuration;

/// <summary>A length of time by the calendar: years and months as they fall, and a rest of days and less.</summary>
/// <param name="Years">Years.</param>
/// <param name="Months">Months.</param>
/// <param name="Rest">Weeks, days and less.</param>
public readonly record struct Period(int Years, int Months, TimeSpan Rest)
{
    /// <summary>A period of days.</summary>
    public static Period OfDays(int days) => new(0, 0, TimeSpan.FromDays(days));

    /// <summary>The moment that lies this long before the one given.</summary>
    public DateTimeOffset Before(DateTimeOffset now) => now.AddYears(-Years).AddMonths(-Months) - Rest;

    /// <summary>The least it can be, wherever it falls.</summary>
    public TimeSpan Least => TimeSpan.FromDays((365 * Years) + (28 * Months)) + Rest;
}
