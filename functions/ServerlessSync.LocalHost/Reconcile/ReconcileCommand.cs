using System.CommandLine;
using ServerlessSync.Hosting;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.LocalHost;

/// <summary>
/// <c>serverlesssync reconcile TARGET</c>: compares a target with the record, with <c>--changes</c> what changed alone, and prints what would be done;
/// <c>--apply HASH</c> does exactly that.
/// </summary>
static class ReconcileCommand
{
    const string Speaker = "reconcile";

    static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>A comparison that was taken begins within this time, or something keeps it.</summary>
    static readonly TimeSpan LongestBegin = TimeSpan.FromMinutes(2);

    public static Command Make()
    {
        var target = new Argument<string>("target") { Description = "name of the target in mesh.yaml" };
        var apply = new Option<string?>("--apply") { Description = "hash of the plan to apply, as this command printed it" };
        var changes = new Option<bool>("--changes") { Description = "reads what changed since the comparison before, and not the whole target" };
        var config = new Option<string>("--config") { Description = "mesh.yaml", DefaultValueFactory = _ => "mesh.yaml" };
        var anchor = AnchorFolder.Option();
        var (store, host) = (new StoreOptions(), new HostOptions());
        var command = host.AddTo(store.AddTo(new Command("reconcile", "Compares a target with the record and prints what would be done; changes nothing unless told to apply it.") { target, apply, changes, config, anchor }));
        command.SetAction((parsed, cancellationToken) => CommandOutcome.OfAsync(Speaker, async () =>
        {
            var (planHash, mode) = (parsed.GetValue(apply), parsed.GetValue(changes) ? ReconciliationMode.Changes : ReconciliationMode.Complete);
            if (planHash is not null && mode == ReconciliationMode.Changes)
            {
                throw new FormatException("--changes makes a plan and --apply applies one that was made; give one of them");
            }

            var settings = new ServeSettings(parsed.GetValue(config)!, store.Read(parsed), "http://127.0.0.1:0", parsed.GetValue(anchor));
            await using var mesh = host.Open(parsed) as IReconcilingMesh ?? await OpenOwnAsync(settings, cancellationToken);
            return mesh is null ? ExitCodes.Usage : await ReconcileAsync(mesh, parsed.GetValue(target)!, mode, planHash, cancellationToken);
        }));
        return command;
    }

    static async Task<IReconcilingMesh?> OpenOwnAsync(ServeSettings settings, CancellationToken cancellationToken) =>
        ConfigurationFile.Load(settings.Configuration, withSecrets: true, Console.Error) is { } configuration
            ? await OwnMesh.StartAsync(configuration, settings, cancellationToken)
            : null;

    static async Task<int> ReconcileAsync(IReconcilingMesh mesh, string target, ReconciliationMode mode, string? planHash, CancellationToken cancellationToken)
    {
        var answer = planHash is null ? await mesh.PlanAsync(target, mode, cancellationToken) : await mesh.ApplyAsync(target, planHash, cancellationToken);
        if (answer is not { Decision: ReconciliationDecision.Started, Run: { } id })
        {
            await Console.Error.WriteLineAsync($"{Speaker}: {ReasonOf(answer, target)}");
            return answer.Decision == ReconciliationDecision.UnknownTarget ? ExitCodes.Usage : ExitCodes.Failed;
        }

        if (await WaitAsync(mesh, target, id, cancellationToken) is not { } run)
        {
            await Console.Error.WriteLineAsync($"{Speaker}: {id} was taken and has not begun; its run or an exception says what keeps it");
            return ExitCodes.Failed;
        }

        await PlanText.PrintAsync(Console.Out, run, mesh.ReadDriftAsync(target, cancellationToken));
        return run.Outcome == ReconciliationOutcome.Abandoned ? ExitCodes.Failed : ExitCodes.Ok;
    }

    static string ReasonOf(ReconciliationAnswer answer, string target) => answer.Reason ?? answer.Decision switch
    {
        ReconciliationDecision.UnknownTarget => $"there is no target '{PlanText.Shown(target)}'",
        ReconciliationDecision.UnderWay => $"a comparison of '{target}' is under way: {answer.Run}",
        ReconciliationDecision.OtherPlan => "this is not the plan of the newest comparison; look at it again",
        _ => "this cannot be done now",
    };

    /// <summary>Waits until a comparison has ended; null when it does not begin.</summary>
    static async Task<ReconciliationRun?> WaitAsync(IReconcilingMesh mesh, string target, string id, CancellationToken cancellationToken)
    {
        var clock = TimeProvider.System;
        var since = clock.GetTimestamp();
        while (true)
        {
            var run = await mesh.FindAsync(target, id, cancellationToken);
            if (run is { EndedAt: not null } || (run is null && clock.GetElapsedTime(since) > LongestBegin))
            {
                return run;
            }

            await Task.Delay(BetweenLooks, clock, cancellationToken);
        }
    }
}
