namespace ServerlessSync.TestKit.Servers;

/// <summary>How a server is started and how it says that it is ready.</summary>
/// <param name="FileName">The program.</param>
/// <param name="Arguments">Its arguments, one by one; no shell is involved.</param>
/// <param name="IsReady">True for the line on standard output that says the server takes requests.</param>
public sealed record ServerCommand(string FileName, IReadOnlyList<string> Arguments, Func<string, bool> IsReady)
{
    /// <summary>The folder it runs in; the caller's own when null.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Variables added to the inherited environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How long it may take to become ready.</summary>
    /// <value>One minute.</value>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromMinutes(1);
}
