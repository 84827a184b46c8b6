using System.Runtime.InteropServices;
using ServerlessSync.Demo;

using var stop = new CancellationTokenSource();
var signal = 0;
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, 2));
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, 15));

Options options;
try
{
    options = Options.Parse(args);
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync($"demo: {e.Message}");
    return 2;
}

var progress = new ProgressLine(Console.Out, !Console.IsOutputRedirected, TimeProvider.System);
try
{
    if (!options.Serve)
    {
        return await new Demonstration(options, progress).RunAsync(stop.Token);
    }

    await new Serving(options, progress).RunAsync(stop.Token);
    return 0;
}
catch (Exception) when (stop.IsCancellationRequested)
{
    return options.Serve ? 0 : 128 + signal;
}
#pragma warning disable CA1031 // Whatever goes wrong, the last line says that it did.
catch (Exception e)
#pragma warning restore CA1031
{
    progress.Say(e.ToString());
    progress.Say("demo: FAIL unfinished=1");
    return 1;
}

void Stop(PosixSignalContext context, int number)
{
    context.Cancel = true;
    signal = number;
    stop.Cancel();
}
