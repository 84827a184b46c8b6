namespace ServerlessSync.Storage.Tables.Client;

/// <summary>What a transaction does to one entity.</summary>
enum TableTransactionActionType
{
    /// <summary>Inserts; the entity must not exist.</summary>
    Add,

    /// <summary>Replaces the entity that has the ETag.</summary>
    UpdateReplace,

    /// <summary>Inserts or replaces.</summary>
    UpsertReplace,

    /// <summary>Deletes the entity that has the ETag.</summary>
    Delete,
}

/// <summary>One action of a transaction.</summary>
/// <param name="ActionType">What to do.</param>
/// <param name="Entity">To what.</param>
/// <param name="ETag">The ETag it must have; <c>*</c> for any.</param>
sealed record TableTransactionAction(TableTransactionActionType ActionType, TableEntity Entity, string ETag = "*");
