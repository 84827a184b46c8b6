using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>A form a report can be given.</summary>
/// <param name="Name">Its name: json, csv or html.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Write">Writes a report, as UTF-8.</param>
public sealed record DriftReportFormat(string Name, string ContentType, Func<DriftReport, byte[]> Write)
{
    /// <summary>Everything, for programs.</summary>
    public static DriftReportFormat Json { get; } = new("json", "application/json; charset=utf-8", MeshJson.ToBytes);

    /// <summary>One table, for spreadsheets (<see href="https://www.rfc-editor.org/rfc/rfc4180"/>); no cell is taken for a formula.</summary>
    public static DriftReportFormat Csv { get; } = new("csv", "text/csv; charset=utf-8; header=present", DriftCsv.Write);

    /// <summary>One page for people, with nothing from elsewhere and no script.</summary>
    public static DriftReportFormat Html { get; } = new("html", "text/html; charset=utf-8", DriftPage.Write);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<DriftReportFormat> All { get; } = [Json, Csv, Html];

    /// <summary>The one of that name, or null.</summary>
    public static DriftReportFormat? Find(string name) => All.FirstOrDefault(f => f.Name == name);
}
