namespace ServerlessSync.Mesh.Configuration.Reading;

/// <summary>Collects the errors of one file.</summary>
sealed class Findings
{
    readonly List<ConfigurationError> _errors = [];

    /// <summary>The errors in the order of the file.</summary>
    public IReadOnlyList<ConfigurationError> InOrder() => [.. _errors.OrderBy(e => e.Line)];

    public void Add(string path, int line, string message) => _errors.Add(new ConfigurationError(path, message, line));

    public void Add(Node node, string message)
    {
        if (node is not FaultyNode)
        {
            Add(node.Path, node.Line, message);
        }
    }
}
