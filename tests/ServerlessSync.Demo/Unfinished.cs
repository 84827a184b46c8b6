using ServerlessSync.Demo.Verification;
using ServerlessSync.Demo.World;

namespace ServerlessSync.Demo;

/// <summary>What the mesh itself says is not done: runs that go on, lanes with events waiting, exceptions that are open.</summary>
/// <param name="Runs">Runs that go on, ended badly or wait for their turn, a line each.</param>
/// <param name="Exceptions">Open exceptions, a line each.</param>
/// <param name="Steps">How many steps all runs report.</param>
sealed record Unfinished(IReadOnlyList<string> Runs, IReadOnlyList<string> Exceptions, int Steps)
{
    public static async Task<Unfinished> ReadAsync(SampleWorld world, People people, Registry registry, CancellationToken cancellationToken)
    {
        var runs = await world.Api.ReadRunsAsync(cancellationToken);
        var exceptions = await world.Api.ReadExceptionsAsync(cancellationToken);
        var byIdentity = people.All.Where(p => registry.Of(p) is not null).ToDictionary(p => registry.Of(p)!.Id, StringComparer.Ordinal);
        return new Unfinished(
            [
                .. runs.Where(r => r.RuntimeStatus != "Completed").Select(r => $"run {r.InstanceId}, {WhoIs(r.InstanceId.Split('-')[0])}: {r.RuntimeStatus}"),
                .. registry.Items.Where(i => i.Lane is not { Idle: true, Waiting: 0 })
                    .Select(i => FormattableString.Invariant($"lane of {WhoIs(i.Id)}: {(i.Lane.Idle ? "idle" : "busy")}, {i.Lane.Waiting} events wait")),
            ],
            [.. exceptions.Select(e => $"{e.Kind}, {WhoIs(e.IdentityId)}, {e.Target}: owned by {e.Owner} until {e.Deadline:u}: {e.Reason}")],
            runs.Sum(r => r.Steps));

        string WhoIs(string? identity) => byIdentity.GetValueOrDefault(identity ?? "") is { } person
            ? person.UserName + (person.HasLeft ? " (leaver)" : "")
            : identity ?? "the mesh";
    }
}
