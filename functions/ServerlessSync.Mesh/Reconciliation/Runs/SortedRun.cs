namespace ServerlessSync.Mesh.Reconciliation;

/// <summary>A sorted run that is there whole.</summary>
/// <param name="Side">What it is a part of.</param>
/// <param name="Name">Its name, unique within the side.</param>
/// <param name="Chunks">How many chunks it has.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Checksum">Of all of it: another one when the run was written anew with other content.</param>
public sealed record SortedRun(string Side, string Name, int Chunks, long Bytes, uint Checksum);
