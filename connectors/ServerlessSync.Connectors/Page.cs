namespace ServerlessSync.Connectors;

/// <summary>One page of a read.</summary>
/// <param name="Items">The items, in the order the system gave them.</param>
/// <param name="NextToken">Opaque token of the next page, or null at the end.</param>
/// <typeparam name="T">What is read.</typeparam>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextToken);
