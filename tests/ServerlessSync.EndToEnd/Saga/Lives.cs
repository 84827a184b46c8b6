using ServerlessSync.Connectors;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Model;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>A person's life as events tell it, and what must have come of it, reckoned here from the events alone.</summary>
/// <param name="Name">What is lived.</param>
/// <param name="Events">What HR tells, in order.</param>
sealed record Life(string Name, Func<MeshWorld, IReadOnlyList<ChangeEvent>> Events)
{
    /// <summary>What the targets do with each call.</summary>
    public Func<ScriptedCall, Behaviour> Script { get; init; } = _ => Behaviour.Obey;

    /// <summary>Every effect there is, each once, in ordinal order.</summary>
    public required IReadOnlyList<string> Effects { get; init; }

    /// <summary>What stands on the targets in the end.</summary>
    public required string Standing { get; init; }

    /// <summary>What HR tells later on: it turns what came before around, so that whatever is late shows.</summary>
    public required Func<MeshWorld, ChangeEvent> Next { get; init; }

    /// <summary>What stands on the targets after that.</summary>
    public required string NextStanding { get; init; }

    /// <summary>Kinds of the exceptions that stay open.</summary>
    public IReadOnlyList<string> Exceptions { get; init; } = [];

    public override string ToString() => Name;
}

/// <summary>The lives that are disturbed at every point: five steps forward, the same undone in part, a move, and a leaver.</summary>
static class Lives
{
    static readonly string[] Joining = ["t1 create ", "t1 grant group:All", "t1 grant group:IT", "t2 create ", "t2 grant role:all"];

    const string Joined = "t1: ada@example.com active=True sessions=1 [group:All group:IT]; t2: ada@example.com active=True sessions=1 [role:all]";
    const string Moved = "t1: ada@example.com active=True sessions=1 [group:All]; t2: ada@example.com active=True sessions=1 [role:all role:hr]";

    public static readonly MeshConfiguration Configuration = MeshYaml.For(
        2, "all: t1=group:All, t2=role:all", "it: t1=group:IT ? department=IT", "hr: t2=role:hr ? department=HR");

    public static readonly Life Joiner = new("joiner", w => [w.Hr("ada", 1)])
    {
        Effects = Joining,
        Standing = Joined,
        Next = w => w.Hr("ada", 2, "HR"),
        NextStanding = Moved,
    };

    public static readonly Life Undone = new("failing joiner", w => [w.Hr("ada", 1)])
    {
        Script = call => call is { Operation: "grant", Target: "t2" } ? Behaviour.Fail(FailureKind.Rejected) : Behaviour.Obey,
        Effects = ["t1 create ", "t1 grant group:All", "t1 grant group:IT", "t1 revoke group:All", "t2 create "],
        Standing = "t1: ada@example.com active=True sessions=1 [group:IT]; t2: ada@example.com active=True sessions=1 []",
        Exceptions = ["group-failed"],
        Next = w => w.Hr("ada", 2),
        NextStanding = Joined,
    };

    public static readonly Life Mover = new("joiner and mover", w => [w.Hr("ada", 1), w.Hr("ada", 2, "HR")])
    {
        Effects = [.. Joining.Concat(["t1 revoke group:IT", "t1 update ", "t2 grant role:hr", "t2 update "]).Order(StringComparer.Ordinal)],
        Standing = Moved,
        Next = w => w.Hr("ada", 3),
        NextStanding = Joined,
    };

    public static readonly Life Leaver = new("joiner and leaver", w => [w.Hr("ada", 1), w.Leaver("ada", 2)])
    {
        Effects =
        [
            .. Joining.Concat(
            [
                "t1 disable ", "t1 revoke group:All", "t1 revoke group:IT", "t1 revokeSessions ",
                "t2 disable ", "t2 revoke role:all", "t2 revokeSessions ",
            ]).Order(StringComparer.Ordinal),
        ],
        Standing = "t1: ada@example.com active=False sessions=0 []; t2: ada@example.com active=False sessions=0 []",
        Next = w => w.Hr("ada", 3),
        NextStanding = Joined.Replace("sessions=1", "sessions=0", StringComparison.Ordinal),
    };

    public static readonly IReadOnlyList<Life> All = [Joiner, Undone, Mover, Leaver];
}
