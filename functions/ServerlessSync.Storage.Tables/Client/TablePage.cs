namespace ServerlessSync.Storage.Tables.Client;

/// <summary>One page of a query, which may be empty and yet not the last.</summary>
/// <param name="Entities">In the order of their keys.</param>
/// <param name="Bytes">How long the answer was.</param>
/// <param name="Next">Where the next page begins; null after the last.</param>
sealed record TablePage(IReadOnlyList<TableEntity> Entities, int Bytes, TableContinuation? Next);

/// <summary>Where a query goes on; opaque.</summary>
sealed record TableContinuation(string PartitionKey, string? RowKey);
