using ServerlessSync.Mesh.Audit;
using ServerlessSync.TestKit;
using ServerlessSync.TestKit.Scripted;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>
/// Row 8 of the fault matrix: the target did what it was asked and its answer is lost, at each write in turn, over joiner, mover, leaver and the
/// undoing of a group. The write is made again only by a connector that reads first; the record shows that it found everything in place. The same
/// on real targets: LostReplyTests of the SCIM connector, OutageTests of the PostgreSQL connector.
/// </summary>
public sealed class LostAnswerTests
{
    static readonly string[] Reads = ["find", "readGrants", "countSessions"];
    static readonly string[] OfManyWrites = ["revokeAll", "prove"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_write_whose_answer_is_lost_once_or_twice_is_found_in_place_and_not_done_again(int losses)
    {
        foreach (var life in Lives.All)
        {
            var points = 0;
            while (await LiveAsync(life, points + 1, losses))
            {
                points++;
            }

            Progress.Show($"row 8: {life}, the answers to {points} writes lost {losses} times in a row");
            points.ShouldBeGreaterThanOrEqualTo(life.Effects.Count, life.Name);
        }
    }

    /// <summary>Loses the answer to the nth write, and to what repeats it; false when there are fewer.</summary>
    static async Task<bool> LiveAsync(Life life, int nth, int losses)
    {
        var shown = $"{life}, answer lost at write {nth}";
        await using var world = new MeshWorld(Lives.Configuration);
        var loss = new Loss(nth, losses);
        world.Script.On = call => life.Script(call) is Behaviour.Obeying && loss.Takes(call) ? Behaviour.LoseReply : life.Script(call);
        await world.StartAsync();
        var events = life.Events(world);
        foreach (var change in events)
        {
            await world.CarryAsync(change);
        }

        string[] effects = [.. world.Script.Effects.Select(e => $"{e.Target} {e.Operation} {e.Right}").Order(StringComparer.Ordinal)];
        effects.ShouldBe(life.Effects, customMessage: shown);
        world.Standing().ShouldBe(life.Standing, shown);
        (await world.ExceptionsAsync()).Select(e => e.Kind).ShouldBe(life.Exceptions, customMessage: shown);
        await world.CheckOrderlyAsync(events, shown);
        if (loss.Lost is not { } lost)
        {
            return false;
        }

        foreach (var effect in world.Script.Effects.Where(e => (e.Target, e.Operation, e.Right) == (lost.Target, lost.Operation, lost.Right)))
        {
            await CheckEvidenceAsync(world, effect, shown);
        }

        return true;
    }

    /// <summary>The step was recorded once, as found in place by the attempt that was heard.</summary>
    static async Task CheckEvidenceAsync(MeshWorld world, ScriptedEffect effect, string shown)
    {
        var (run, step) = (effect.Key[..effect.Key.IndexOf(':', StringComparison.Ordinal)], effect.Key[(effect.Key.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        var entries = (await Trail.ReadAsync(world.Rows, effect.Mark))
            .Where(e => e.Entry.Id.StartsWith(run + ":", StringComparison.Ordinal) && (string?)e.Content["step"] == step)
            .ToList();
        if (effect.Operation == "revoke" && entries.SingleOrDefault(e => e.Entry.Kind == AuditKind.Undone) is { } undone)
        {
            ((string?)undone.Content["evidence"]).ShouldBe("it was as before already", shown);
            return;
        }

        var enforced = entries.Where(e => e.Entry.Kind == AuditKind.Enforced).ShouldHaveSingleItem(shown);
        if (!OfManyWrites.Any(many => step.EndsWith("/" + many, StringComparison.Ordinal)))
        {
            ((string?)enforced.Content["outcome"]).ShouldBe("alreadyInPlace", shown);
        }
    }

    /// <summary>Takes the answer to the nth write of its kind, and to what repeats it.</summary>
    sealed class Loss(int nth, int times)
    {
        readonly Lock _gate = new();
        int _left = times;
        int _writes;

        public ScriptedCall? Lost { get; private set; }

        public bool Takes(ScriptedCall call)
        {
            lock (_gate)
            {
                if (Reads.Contains(call.Operation))
                {
                    return false;
                }

                if (Lost is null && call.Occurrence == 1 && ++_writes == nth)
                {
                    Lost = call;
                }

                var repeats = Lost is { } lost && lost with { Occurrence = call.Occurrence } == call;
                return repeats && _left-- > 0;
            }
        }
    }
}
