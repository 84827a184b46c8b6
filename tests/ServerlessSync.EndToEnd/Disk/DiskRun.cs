using ServerlessSync.EndToEnd.Kill;

namespace ServerlessSync.EndToEnd.Disk;

/// <summary>What a host answered while its disk failed.</summary>
/// <param name="Acknowledged">Events it answered with 202.</param>
/// <param name="Refused">Events it answered otherwise or not at all.</param>
/// <param name="Late">Events it acknowledged after it had refused one.</param>
/// <param name="Others">Statuses of the refusals that are no 503.</param>
/// <param name="Output">What it wrote.</param>
/// <param name="ExitCode">What it ended with.</param>
sealed record DiskReport(
    IReadOnlyList<HrEvent> Acknowledged, IReadOnlyList<HrEvent> Refused, int Late, IReadOnlyList<int> Others, string Output, int ExitCode);

/// <summary>Joiners sent one after the other to a host whose disk will fail, and then to one whose disk is sound again.</summary>
sealed class DiskRun(KillWorld world)
{
    /// <summary>How many more are sent after the first was refused: any of them acknowledged would be a lie.</summary>
    const int SentAfterFailure = 25;

    const int MostJoiners = 400;

    /// <summary>Has a store made and its host stopped in order, so that the disk fails in the work and not at its beginning.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await using var host = await world.StartHostAsync(cancellationToken);
        await host.StopAsync(TimeSpan.FromSeconds(30));
        host.ExitCode.ShouldBe(0);
    }

    /// <summary>Sends until the host refuses, and some more, and waits for it to end.</summary>
    public async Task<DiskReport> FailAsync(IReadOnlyList<string> launcher, CancellationToken cancellationToken)
    {
        await using var host = await world.StartHostUnderAsync(launcher, cancellationToken);
        using var client = HostApi.ClientOf(host);
        var (acknowledged, refused, late, others) = (new List<HrEvent>(), new List<HrEvent>(), 0, new List<int>());
        for (var n = 1; n <= MostJoiners && late == 0 && refused.Count < SentAfterFailure; n++)
        {
            var said = Joiner(n);
            var status = (int?)await HostApi.TryPostAsync(client, said, cancellationToken);
            if (status == 202)
            {
                acknowledged.Add(said);
                late += refused.Count > 0 ? 1 : 0;
                continue;
            }

            refused.Add(said);
            if (status is { } other and not 503)
            {
                others.Add(other);
            }
        }

        if (refused.Count > 0 && late == 0)
        {
            await host.WaitForExitAsync(cancellationToken);
        }

        await host.KillAsync();
        return new(acknowledged, refused, late, others, host.RecentOutput, host.ExitCode);
    }

    /// <summary>Starts the host on a sound disk: what was acknowledged is carried out; then HR sends the rest again, and everything is, once.</summary>
    public async Task RecoverAsync(DiskReport report, CancellationToken cancellationToken)
    {
        await using var host = await world.StartHostAsync(cancellationToken);
        using var client = HostApi.ClientOf(host);
        await HostApi.SettleAsync(client, report.Acknowledged, cancellationToken);
        foreach (var said in report.Refused)
        {
            (await HostApi.SendAsync(client, said, cancellationToken)).ShouldBeTrue();
        }

        HrEvent[] all = [.. report.Acknowledged, .. report.Refused];
        await HostApi.SettleAsync(client, all, cancellationToken);
        await host.StopAsync(TimeSpan.FromSeconds(30));
        host.ExitCode.ShouldBe(0);
        var expected = new ExpectedWorld(new Person("0", "nobody", "Nobody"));
        Array.ForEach(all, expected.Apply);
        EffectList.ShouldBeSame(world.ReadEffects(), expected.Effects, "after the disk was mended");
        var verified = await HostProgram.RunAsync(["audit", "verify", "--data", world.DataFolder], world.Environment, cancellationToken);
        verified.Output[0].ShouldStartWith("audit: OK ");
    }

    static HrEvent Joiner(int number) =>
        new(new Person(FormattableString.Invariant($"{number}"), Letters(number), "Joiner"), 1, HrEvent.Hired, "Marketing", "Clerk");

    /// <summary>A name of letters alone, as the names of the sample data are.</summary>
    static string Letters(int number) => string.Concat("joiner", string.Concat(FormattableString.Invariant($"{number}").Select(digit => (char)('a' + digit - '0'))));
}
