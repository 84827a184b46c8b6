namespace ServerlessSync.Mesh.Configuration;

/// <summary>What reading mesh.yaml gave: a configuration, or every error in it at once.</summary>
/// <param name="Configuration">The configuration; null when there is an error.</param>
/// <param name="Errors">Every error, in the order of the file.</param>
public sealed record ConfigurationResult(MeshConfiguration? Configuration, IReadOnlyList<ConfigurationError> Errors);

/// <summary>One mistake in mesh.yaml. Its message never holds what stands in a field for secrets.</summary>
/// <param name="Path">Where, such as <c>targets.warehouse.limit.rate</c>; empty for the file as a whole.</param>
/// <param name="Message">What was expected.</param>
/// <param name="Line">Line in the file, from 1; 0 when the file as a whole is meant.</param>
public sealed record ConfigurationError(string Path, string Message, int Line)
{
    /// <summary>The error as one line for people.</summary>
    public override string ToString() => Path.Length == 0 ? $"line {Line}: {Message}" : $"line {Line}: {Path}: {Message}";
}
