using System.Globalization;
using ServerlessSync.Benchmarks;
using ServerlessSync.Benchmarks.Reconciliation;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

var filter = args.FirstOrDefault() ?? "";
try
{
    if (args is [Contestant.Command, var order, var folder, var seconds])
    {
        await Contestant.RunAsync(order, folder, TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)), stop.Token);
        return 0;
    }

    if (args is [RealContestant.Command, var place, var people])
    {
        await RealContestant.RunAsync(place, int.Parse(people, CultureInfo.InvariantCulture), stop.Token);
        return 0;
    }

    var ran = await BenchmarkList.RunAsync(BenchmarkList.All, filter, new Report(Console.Out), stop.Token);
    if (ran > 0)
    {
        return 0;
    }

    await Console.Error.WriteLineAsync($"No benchmark begins with '{filter}'. There are: {string.Join(", ", BenchmarkList.All.Select(benchmark => benchmark.Name))}");
    return 2;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}
