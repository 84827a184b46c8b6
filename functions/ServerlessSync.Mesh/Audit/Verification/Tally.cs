namespace ServerlessSync.Mesh.Audit;

/// <summary>Counts while a verification runs.</summary>
sealed class Tally(IProgress<long>? progress)
{
    const int BetweenReports = 5_000;

    readonly List<AuditFault> _faults = [];

    public long Streams { get; set; }

    public long Entries { get; private set; }

    public long Erased { get; set; }

    public long Unanchored { get; set; }

    public long FaultCount { get; private set; }

    public IReadOnlyList<AuditFault> Faults => _faults;

    public void CountEntry()
    {
        Entries++;
        if (Entries % BetweenReports == 0)
        {
            progress?.Report(Entries);
        }
    }

    public void Add(AuditFault fault)
    {
        FaultCount++;
        if (_faults.Count < AuditReport.MostFaults)
        {
            _faults.Add(fault);
        }
    }
}
