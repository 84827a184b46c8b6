namespace ServerlessSync.Benchmarks;

/// <summary>One benchmark. It may print several figures, the first under its own name.</summary>
public interface IBenchmark
{
    /// <summary>Its name, lower case with dashes.</summary>
    string Name { get; }

    /// <summary>Measures and reports.</summary>
    Task RunAsync(Report report, CancellationToken cancellationToken);
}
