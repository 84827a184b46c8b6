using System.Globalization;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>Draws what a target's comparisons found over time: a bar each, oldest first; one that did not compare whole is hollow.</summary>
static class DriftChart
{
    const int Height = 60;
    const int Step = 14;

    public static void Write(PageText page, IReadOnlyList<ReconciliationRun> runs)
    {
        var most = Math.Max(1, runs.Max(Found));
        var title = string.Create(CultureInfo.InvariantCulture, $"{runs.Count} comparisons, at most {most} differences in one");
        page.Raw($"<svg role=\"img\" viewBox=\"0 0 {runs.Count * Step} {Height}\" width=\"{runs.Count * Step}\" height=\"{Height}\"><title>").Text(title).Raw("</title>");
        for (var i = 0; i < runs.Count; i++)
        {
            var tall = Math.Max(2, (int)((long)Found(runs[i]) * (Height - 2) / most));
            var kind = runs[i].Outcome == ReconciliationOutcome.Completed ? "whole" : "part";
            page.Raw(string.Create(CultureInfo.InvariantCulture, $"<rect class=\"{kind}\" x=\"{(i * Step) + 1}\" y=\"{Height - tall - 1}\" width=\"{Step - 4}\" height=\"{tall}\"/>"));
        }

        page.Raw("</svg>");
    }

    static int Found(ReconciliationRun run) => run.Found.Values.Sum();
}
