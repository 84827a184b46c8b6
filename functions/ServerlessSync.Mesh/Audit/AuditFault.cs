using System.Globalization;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Audit;

/// <summary>Something in the record that is not as it was written.</summary>
/// <param name="Place">Where it stands, for people.</param>
/// <param name="Stream">The stream concerned; empty when it is none.</param>
/// <param name="Fault">What is wrong.</param>
public sealed record AuditFault(string Place, string Stream, string Fault)
{
    /// <summary>A fault of an entry.</summary>
    public static AuditFault OfEntry(string table, string stream, long number, string fault) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{table}/{stream} entry {number}"), stream, fault);

    /// <summary>A fault of a whole stream.</summary>
    public static AuditFault OfStream(string table, string stream, string fault) => new($"{table}/{stream}", stream, fault);

    /// <summary>A row that is damaged, or holds something else than it should.</summary>
    public static AuditFault OfRow(string table, Row row) => new(
        $"{table}/{row.Partition} row {row.Key}",
        row.Partition,
        row.Damaged ? "damaged: its checksum does not fit its content" : "damaged: it does not hold what belongs there");

    /// <summary>A fault of a checkpoint.</summary>
    public static AuditFault OfCheckpoint(long number, string fault) => new(string.Create(CultureInfo.InvariantCulture, $"checkpoint {number}"), string.Empty, fault);

    /// <summary>A fault of the anchor.</summary>
    public static AuditFault OfAnchor(long line, string fault) => new(string.Create(CultureInfo.InvariantCulture, $"anchor line {line}"), string.Empty, fault);

    /// <summary>The fault as one line.</summary>
    public override string ToString() => $"{Place}: {Fault}";
}
