namespace ServerlessSync.Demo.Drift;

/// <summary>Something changed in a target past the mesh.</summary>
/// <param name="Target">The target.</param>
/// <param name="Kind">What kind of drift that is, in the word of the mesh's API.</param>
/// <param name="Told">What was done, for people.</param>
/// <param name="IsAsked">Whether a person decides about it; anything else is mended.</param>
sealed record Planted(string Target, string Kind, string Told, bool IsAsked = false);
