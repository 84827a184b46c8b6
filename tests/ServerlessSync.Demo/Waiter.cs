using ServerlessSync.Demo.Api;
using ServerlessSync.Demo.Hr;
using ServerlessSync.Demo.World;

namespace ServerlessSync.Demo;

/// <summary>Watches the mesh until it has nothing more to do, and shows how far it is.</summary>
sealed class Waiter(SampleWorld world, HrScript script, HrSender sender, ProgressLine progress)
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until everybody who joined is known, those named have left, and every lane is idle.</summary>
    /// <param name="left">Employees whose identities must be terminated; nobody else's may be.</param>
    /// <param name="limit">How long to wait at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it came to that.</returns>
    public async Task<bool> UntilIdleAsync(IReadOnlySet<string> left, TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var identities = await world.Api.ReadIdentitiesAsync(cancellationToken);
            Show(identities);
            if (identities.Count == script.Joins.Count && identities.All(i => IsSettled(i, left)))
            {
                return true;
            }

            if (TimeProvider.System.GetElapsedTime(started) > limit)
            {
                return false;
            }

            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Shows the state of things.</summary>
    public void Show(IReadOnlyList<IdentityItem> identities)
    {
        var accounts = world.Configuration.Targets.Keys.Select(target =>
            FormattableString.Invariant($"{target} {identities.Sum(i => i.Accounts.Count(a => a.Target == target && a.Status == "active"))} active accounts"));
        progress.Show(FormattableString.Invariant(
            $"sent {sender.Sent} of {script.Count}, identities {identities.Count}, busy {identities.Count(i => !i.Lane.Idle)}, waiting {identities.Sum(i => i.Lane.Waiting)}, {string.Join(", ", accounts)}"));
    }

    static bool IsSettled(IdentityItem identity, IReadOnlySet<string> left) =>
        identity.Lane is { Idle: true, Waiting: 0 } && identity.Status == (left.Contains(identity.AnchorIn("hr") ?? "") ? "terminated" : "active");
}
