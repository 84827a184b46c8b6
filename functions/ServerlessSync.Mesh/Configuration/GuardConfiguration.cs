namespace ServerlessSync.Mesh.Configuration;

/// <summary>Blast-radius limit of one operation kind.</summary>
/// <param name="Percent">Largest share of a target's accounts, in percent.</param>
/// <param name="Count">Largest number whatever the share.</param>
/// <param name="MinimumPopulation">Below this many accounts only <paramref name="Count"/> is looked at.</param>
public sealed record GuardConfiguration(double Percent, int Count, int MinimumPopulation);
