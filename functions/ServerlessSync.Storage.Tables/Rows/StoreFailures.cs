using System.Text.Json;
using Azure;
using Azure.Identity;
using ServerlessSync.Storage.Tables.Client;

namespace ServerlessSync.Storage.Tables.Rows;

/// <summary>What a failed request means to whoever uses the store.</summary>
static class StoreFailures
{
    // Codes that say something else than their status does.
    static readonly Dictionary<string, StoreFailure> ByCode = new(StringComparer.Ordinal)
    {
        ["AccountBeingCreated"] = StoreFailure.Unavailable,
        ["AccountIsDisabled"] = StoreFailure.CannotPersist,
        ["InsufficientAccountPermissions"] = StoreFailure.CannotPersist,
        ["OperationTimedOut"] = StoreFailure.Unavailable,
        ["ServerBusy"] = StoreFailure.Unavailable,
        ["TableBeingDeleted"] = StoreFailure.Unavailable,
        [TableErrors.TableNotFound] = StoreFailure.Unavailable,
    };

    /// <summary>True for what a request to the service may end in.</summary>
    public static bool IsFailure(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        RequestFailedException or AuthenticationFailedException or JsonException or FormatException or IOException => true,
        AggregateException e => e.InnerExceptions.All(inner => IsFailure(inner, cancellationToken)),
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => false,
    };

    public static StoreException Of(Exception exception, bool isWrite) => exception switch
    {
        TableFailedException e => new StoreException(KindOf(e, isWrite), e.Message + Remedy(e.Status), e),
        AuthenticationFailedException e => new StoreException(
            StoreFailure.Unavailable,
            $"Nobody could be signed in to Table storage: {FirstLine(e.Message)} Give this host a managed identity with the role Storage Table Data Contributor, or sign in.",
            e),
        JsonException or FormatException => new StoreException(StoreFailure.Corrupt, "Table storage gave an answer that cannot be read.", exception),
        _ => new StoreException(StoreFailure.Unavailable, "Table storage did not answer.", exception),
    };

    // The rest lists every way of signing in that was tried.
    static string FirstLine(string message) => message.Split('\n', 2)[0].TrimEnd();

    static StoreFailure KindOf(TableFailedException failure, bool isWrite) =>
        ByCode.TryGetValue(failure.ErrorCode ?? string.Empty, out var kind) ? kind : failure.Status switch
        {
            // A key may be renewed and a role given while we run.
            401 or 403 => StoreFailure.Unavailable,
            408 or 409 or 412 or 429 => StoreFailure.Unavailable,
            >= 400 and < 500 or 501 => isWrite ? StoreFailure.CannotPersist : StoreFailure.Corrupt,
            _ => StoreFailure.Unavailable,
        };

    static string Remedy(int status) => status is 401 or 403
        ? " Check the account key, or that the identity has the role Storage Table Data Contributor, and this machine's clock."
        : string.Empty;
}
