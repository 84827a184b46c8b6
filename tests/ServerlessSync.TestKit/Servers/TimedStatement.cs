namespace ServerlessSync.TestKit.Servers;

/// <summary>A statement of a PostgreSQL server's log.</summary>
/// <param name="Time">When the server began it, by its clock.</param>
/// <param name="Text">The statement, whole.</param>
public sealed record TimedStatement(DateTimeOffset Time, string Text);
