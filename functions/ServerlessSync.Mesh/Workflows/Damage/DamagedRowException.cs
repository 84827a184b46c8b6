using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Mesh.Workflows.Damage;

/// <summary>An activity met a row that cannot be read. Trying again finds the same until somebody has mended it.</summary>
sealed class DamagedRowException(string message) : Exception(message)
{
    /// <summary>The failure over a row; it names the row's exception.</summary>
    public static DamagedRowException Of(RowAddress row, string message) => new($"{DamagedRows.IdOf(row)}: {message}");

    /// <summary>Whether a failure, as data, is of this kind.</summary>
    public static bool Is(WorkflowFailure? failure) => failure?.ErrorType == typeof(DamagedRowException).FullName;

    /// <summary>Whether a failure of this kind is about the row of that exception.</summary>
    public static bool IsOf(WorkflowFailure failure, string exceptionId) => failure.ErrorMessage.Contains(exceptionId + ": ", StringComparison.Ordinal);
}
