using System.CommandLine;
using ServerlessSync.Hosting;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.LocalHost;

/// <summary>
/// <c>serverlesssync reconcile TARGET</c>: compares a target with the record, with <c>--changes</c> what changed alone, and prints what would be done;
/// <c>--apply HASH</c> does exactly that and prints what has come of it; <c>--pause</c> and <c>--resume</c> steer the comparison under way on a mesh
/// that serves.
/// </summary>
static class ReconcileCommand
{
    const string Speaker = "reconcile";

    static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>A comparison that was taken begins within this time, or something keeps it.</summary>
    static readonly TimeSpan LongestBegin = TimeSpan.FromMinutes(2);

    /// <summary>Drift of which less is not on its way after this time waits for something; nobody waits for it here.</summary>
    static readonly TimeSpan LongestStandstill = TimeSpan.FromMinutes(1);

    public static Command Make()
    {
        var target = new Argument<string>("target") { Description = "name of the target in mesh.yaml" };
        var apply = new Option<string?>("--apply") { Description = "hash of the plan to apply, as this command printed it" };
        var changes = new Option<bool>("--changes") { Description = "reads what changed since the comparison before, and not the whole target" };
        var pause = new Option<bool>("--pause") { Description = "pauses the comparison under way; with --host" };
        var resume = new Option<bool>("--resume") { Description = "lets the paused comparison go on; with --host" };
        var config = new Option<string>("--config") { Description = "mesh.yaml", DefaultValueFactory = _ => "mesh.yaml" };
        var anchor = AnchorFolder.Option();
        var (store, host) = (new StoreOptions(), new HostOptions());
        var command = new Command("reconcile", "Compares a target with the record and prints what would be done; changes nothing unless told to apply it.")
        {
            target, apply, changes, pause, resume, config, anchor,
        };
        host.AddTo(store.AddTo(command)).SetAction((parsed, cancellationToken) => CommandOutcome.OfAsync(Speaker, async () =>
        {
            var (planHash, mode) = (parsed.GetValue(apply), parsed.GetValue(changes) ? ReconciliationMode.Changes : ReconciliationMode.Complete);
            if (new[] { planHash is not null, parsed.GetValue(changes), parsed.GetValue(pause), parsed.GetValue(resume) }.Count(given => given) > 1)
            {
                throw new FormatException("--changes makes a plan, --apply applies one that was made, --pause and --resume steer one under way: give one of them");
            }

            if (parsed.GetValue(pause) || parsed.GetValue(resume))
            {
                return await SetPauseAsync(host, parsed, parsed.GetValue(target)!, parsed.GetValue(pause), cancellationToken);
            }

            var settings = new ServeSettings(parsed.GetValue(config)!, store.Read(parsed), "http://127.0.0.1:0", parsed.GetValue(anchor));
            await using var mesh = host.Open(parsed) as IReconcilingMesh ?? await OpenOwnAsync(settings, cancellationToken);
            return mesh is null ? ExitCodes.Usage : await ReconcileAsync(mesh, parsed.GetValue(target)!, mode, planHash, cancellationToken);
        }));
        return command;
    }

    static async Task<int> SetPauseAsync(HostOptions host, ParseResult parsed, string target, bool paused, CancellationToken cancellationToken)
    {
        await using var mesh = host.Open(parsed)
            ?? throw new FormatException("--pause and --resume need --host: a comparison is under way in the mesh that serves, which has the data for itself");
        var answer = await mesh.SetPauseAsync(target, paused, cancellationToken);
        if (answer.Decision != ReconciliationDecision.Started)
        {
            return await RefuseAsync(answer, target);
        }

        await Console.Out.WriteLineAsync($"{Speaker}: {answer.Run} {(paused ? "is paused" : "goes on")}");
        return ExitCodes.Ok;
    }

    static async Task<int> RefuseAsync(ReconciliationAnswer answer, string target)
    {
        await Console.Error.WriteLineAsync($"{Speaker}: {ReasonOf(answer, target)}");
        return answer.Decision == ReconciliationDecision.UnknownTarget ? ExitCodes.Usage : ExitCodes.Failed;
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
            return await RefuseAsync(answer, target);
        }

        if (await WaitAsync(mesh, target, id, cancellationToken) is not { } run)
        {
            await Console.Error.WriteLineAsync($"{Speaker}: {id} was taken and has not begun; its run or an exception says what keeps it");
            return ExitCodes.Failed;
        }

        if (run is { DryRun: false, Outcome: not ReconciliationOutcome.Abandoned })
        {
            await WaitForMendingAsync(mesh, target, cancellationToken);
        }

        await PlanText.PrintAsync(Console.Out, run, mesh.ReadPlanAsync(run, cancellationToken));
        return run.Outcome == ReconciliationOutcome.Abandoned ? ExitCodes.Failed : ExitCodes.Ok;
    }

    static string ReasonOf(ReconciliationAnswer answer, string target) => answer.Reason ?? answer.Decision switch
    {
        ReconciliationDecision.UnknownTarget => $"there is no target '{PlanText.Shown(target)}'",
        ReconciliationDecision.UnderWay => $"a comparison of '{target}' is under way: {answer.Run}",
        ReconciliationDecision.OtherPlan => "this is not the plan of the newest comparison; look at it again",
        _ => "this cannot be done now",
    };

    /// <summary>Waits until what was sent to be mended has come to an end, as long as less and less of it is on its way.</summary>
    static async Task WaitForMendingAsync(IReconcilingMesh mesh, string target, CancellationToken cancellationToken)
    {
        var clock = TimeProvider.System;
        var (since, least) = (clock.GetTimestamp(), int.MaxValue);
        while (await mesh.CountQueuedAsync(target, cancellationToken) is var queued and > 0 && (queued < least || clock.GetElapsedTime(since) < LongestStandstill))
        {
            (since, least) = queued < least ? (clock.GetTimestamp(), queued) : (since, least);
            await Task.Delay(BetweenLooks, clock, cancellationToken);
        }
    }

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
