namespace ServerlessSync.Benchmarks.Engine;

/// <summary>The lines of an engine benchmark: workflows per second, then bytes and processor time of one step.</summary>
static class StepFigures
{
    public static void Print(Report report, string name, Comparison comparison)
    {
        var subject = PerStep(comparison.Subject);
        var baseline = comparison.Baseline is { } other ? PerStep(other) : null;
        report.Figure(name, comparison.Subject.PerSecond, "workflows/s", comparison.BaselineName, comparison.Baseline?.PerSecond);
        report.Figure(name + "-bytes", subject.BytesPerOperation, "B/step", comparison.BaselineName, baseline?.BytesPerOperation);
        report.Figure(name + "-cpu", subject.CpuPerOperation.TotalMicroseconds, "us/step", comparison.BaselineName, baseline?.CpuPerOperation.TotalMicroseconds);
    }

    static Measurement PerStep(Measurement workflows) => workflows with { Operations = workflows.Operations * StepsWorkflow.Steps };
}
