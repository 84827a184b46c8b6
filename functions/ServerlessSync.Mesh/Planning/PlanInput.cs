using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Planning;

/// <summary>Everything a plan is made from.</summary>
public sealed record PlanInput
{
    /// <summary>The identity as it will be recorded, with what is recorded of it on targets.</summary>
    public required IdentityView View { get; init; }

    /// <summary>What the event means.</summary>
    public required ChangeClass Class { get; init; }

    /// <summary>The run.</summary>
    public required string Run { get; init; }

    /// <summary>The lane's epoch.</summary>
    public required long Epoch { get; init; }

    /// <summary>Rights that were found to be held and nobody decided: taken away, unless they are wanted and policy allows them now.</summary>
    public IReadOnlyCollection<(string Target, string Right)> Undecided { get; init; } = [];

    /// <summary>Account key of the manager in effect, by target; absent where there is none yet.</summary>
    public required IReadOnlyDictionary<string, string> ManagerKeys { get; init; }
}
