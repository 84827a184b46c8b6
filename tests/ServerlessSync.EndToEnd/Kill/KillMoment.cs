namespace ServerlessSync.EndToEnd.Kill;

/// <summary>What has happened since a wave began.</summary>
/// <param name="Accepted">Events whose 202 has arrived.</param>
/// <param name="Effects">Effects in the SCIM server's log.</param>
/// <param name="Doomed">Grants among them that must be undone, because the other half of their entitlement fails.</param>
/// <param name="SinceStart">Time since the host was started.</param>
sealed record WaveProgress(int Accepted, int Effects, int Doomed, TimeSpan SinceStart);

/// <summary>When the host is killed.</summary>
/// <param name="Name">For people.</param>
/// <param name="Has">Whether the moment has come.</param>
/// <param name="Unanswered">The effect of the wave from which on nothing is answered until the host is dead; null when answers go out.</param>
sealed record KillMoment(string Name, Func<WaveProgress, bool> Has, int? Unanswered = null)
{
    const int LatestMilliseconds = 700;

    enum Kind
    {
        Accepted,
        Effect,
        Time,
    }

    /// <summary>Right after a 202: between inbox row and queue, as far as the moment allows.</summary>
    static KillMoment AfterAccepted(int count) => new(FormattableString.Invariant($"after 202 number {count}"), p => p.Accepted >= count);

    /// <summary>Right after an effect, whose answer the server holds back.</summary>
    static KillMoment AfterEffect(int count) => new(FormattableString.Invariant($"after effect number {count}"), p => p.Effects >= count, count);

    /// <summary>Right after a grant that must be undone: whether it was held before can only be known from what was recorded before it.</summary>
    public static KillMoment AfterDoomed(int count) => new(FormattableString.Invariant($"after doomed grant number {count}"), p => p.Doomed >= count);

    /// <summary>At a moment of no meaning.</summary>
    static KillMoment AfterTime(int milliseconds) => new(
        FormattableString.Invariant($"{milliseconds} ms after the start"), p => p.SinceStart >= TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>
    /// Draws the kills of one wave in the order they come: first while events are still sent, the first of several always right after a 202;
    /// the last is always one between effect and record.
    /// </summary>
    /// <param name="random">Seeded.</param>
    /// <param name="kills">How many.</param>
    /// <param name="events">Events the wave sends.</param>
    /// <param name="effects">Effects the wave must have at the SCIM server.</param>
    public static IReadOnlyList<KillMoment> Draw(Random random, int kills, int events, int effects)
    {
        var drawn = Enumerable.Range(0, kills).Select(i => (
            Kind: i == kills - 1 ? Kind.Effect : i == 0 ? Kind.Accepted : (Kind)random.Next(3), Place: random.NextDouble()));
        return [.. drawn.OrderBy(d => d.Kind != Kind.Accepted).ThenBy(d => d.Place).Select(d => d.Kind switch
        {
            Kind.Accepted => AfterAccepted(1 + (int)(d.Place * events)),
            Kind.Effect => AfterEffect(1 + (int)(d.Place * effects)),
            _ => AfterTime((int)(d.Place * LatestMilliseconds)),
        })];
    }
}
