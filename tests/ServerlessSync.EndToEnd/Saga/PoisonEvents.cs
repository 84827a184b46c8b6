using System.Globalization;
using ServerlessSync.Mesh.Model;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>Events that are recorded like any other and cannot be acted on, one of each class, with the kind of exception each must end as.</summary>
static class PoisonEvents
{
    /// <summary>Somebody whose events are good, and whose name and key the bad ones want.</summary>
    public const string Ada = "ada";

    /// <summary>Somebody else of that sort.</summary>
    public const string Bob = "bob";

    const int ExplosiveClass = 4;

    static readonly (string Kind, Func<ChangeEvent, ChangeEvent> Spoil)[] Classes =
    [
        ("event-refused", e => Saying(e, "userName", $"{Ada.ToUpperInvariant()}@EXAMPLE.com")),
        ("event-refused", e => Saying(e, "userName", "\u0430da@example.com")),
        ("event-refused", e => e with { IdentityKind = IdentityKind.Workload }),
        ("correlation-conflict", e => e with { Anchors = [new("hr", Ada), new("hr", Bob)] }),

        // The first target breaks in a way no connector should.
        ("group-failed", e => e),

        // Fits the inbox, and not the audit entry that holds it as a text within a text.
        ("event-failed", e => Saying(e, "displayName", new string('\u00e9', 120_000))),

        // Fits everything but a plan for two targets.
        ("run-failed", e => Saying(e, "displayName", new string('x', 600 * 1024))),
        ("out-of-reach", e => e with { Kind = ChangeKind.Terminated, Data = new Dictionary<string, string>() }),
    ];

    static readonly HashSet<string> Explosives = [.. Enumerable.Range(0, 1000).Where(n => n % Count == ExplosiveClass).Select(n => MeshWorld.IdOf(Named(n)))];

    /// <summary>How many classes there are.</summary>
    public static int Count => Classes.Length;

    /// <summary>Whether a call to a target is about an event that breaks it.</summary>
    public static bool Explodes(ScriptedCall call) => call.Target == "t1" && Explosives.Contains(call.Mark);

    /// <summary>The bad event of a class, and the kind of exception it must end as.</summary>
    public static (ChangeEvent Event, string Kind) Make(MeshWorld world, int number)
    {
        var (kind, spoil) = Classes[number % Classes.Length];
        return (spoil(world.Hr(Named(number), 1)), kind);
    }

    static string Named(int number) => string.Create(CultureInfo.InvariantCulture, $"bad{number}");

    static ChangeEvent Saying(ChangeEvent change, string attribute, string value) =>
        change with { Data = new Dictionary<string, string>(change.Data) { [attribute] = value } };
}
