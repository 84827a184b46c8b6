using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Workflows.Damage;

/// <summary>The mesh's own store cannot work now. It says nothing about any target: the same call is repeated until the store is back.</summary>
sealed class StoreAwayException(string message) : Exception(message)
{
    /// <summary>Whether a store's failure passes once the store is mended, by itself or by its operators.</summary>
    public static bool IsCause(StoreException failure) => failure.Failure is StoreFailure.Unavailable or StoreFailure.CannotPersist;

    /// <summary>Whether a failure, as data, is of this kind.</summary>
    public static bool Is(WorkflowFailure? failure) => failure?.ErrorType == typeof(StoreAwayException).FullName;
}
