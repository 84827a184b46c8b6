namespace ServerlessSync.Mesh.Audit;

/// <summary>Where a stream ended when a checkpoint was taken: a leaf of its tree.</summary>
/// <param name="Table">The table the stream lies in.</param>
/// <param name="Stream">The stream.</param>
/// <param name="Number">Number of its last entry then.</param>
/// <param name="Hash">That entry's hash.</param>
public sealed record StreamHead(string Table, string Stream, long Number, string Hash);
