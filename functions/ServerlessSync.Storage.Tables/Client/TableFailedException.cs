using Azure;

namespace ServerlessSync.Storage.Tables.Client;

/// <summary>The service refused a request.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="code">The service's error code; empty when it gave none.</param>
/// <param name="message">What was asked and answered, without keys and content.</param>
sealed class TableFailedException(int status, string code, string message) : RequestFailedException(status, message, code, null)
{
    /// <summary>The action of a transaction that failed; 0 for a request of one entity.</summary>
    public int FailedTransactionActionIndex { get; init; }

    /// <summary>True when an earlier try of the same request may have been carried out.</summary>
    public bool Repeated { get; init; }

    public bool IsTableNotFound => ErrorCode == TableErrors.TableNotFound;

    /// <summary>True when the entity is not as the request asked.</summary>
    public bool IsConflict => Status switch
    {
        409 => ErrorCode == TableErrors.EntityAlreadyExists,
        412 => true,
        404 => IsAbsent,
        _ => false,
    };

    /// <summary>True when there is no such entity.</summary>
    public bool IsAbsent => Status == 404 && ErrorCode is TableErrors.ResourceNotFound or TableErrors.EntityNotFound;
}
