using Microsoft.Azure.Functions.Worker;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Web;

namespace ServerlessSync.Functions;

/// <summary>Reports what alerts are made on, every minute and also when it is 0: silence counts as broken.</summary>
/// <param name="measures">Measures.</param>
/// <param name="audit">Knows how old the anchor is.</param>
/// <param name="report">Takes the name of a metric and its value.</param>
public sealed class MeasureFunctions(Measures measures, AuditUpkeep audit, MetricReport report)
{
    /// <summary>Measures and reports.</summary>
    [Function("measure")]
    public async Task MeasureAsync([TimerTrigger(Schedule.MiddleOfMinute)] TimerInfo timer, CancellationToken cancellationToken)
    {
        report(MetricNames.AnchorAge, (await audit.ReadAnchorAgeAsync(cancellationToken)).TotalSeconds);
        var state = await measures.ReadAsync(cancellationToken);
        report(MetricNames.ExceptionsOverdue, state.ExceptionsOverdue);
        report(MetricNames.LeaversAge, state.OldestLeaver.TotalSeconds);
    }
}

/// <summary>Reports a metric.</summary>
/// <param name="name">Its name.</param>
/// <param name="value">Its value.</param>
public delegate void MetricReport(string name, double value);
