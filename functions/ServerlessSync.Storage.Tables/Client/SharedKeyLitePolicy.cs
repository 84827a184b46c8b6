using System.Globalization;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace ServerlessSync.Storage.Tables.Client;

/// <summary>
/// Dates and signs each try with the account's key
/// (<see href="https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key#table-service-shared-key-lite-authorization"/>).
/// </summary>
sealed class SharedKeyLitePolicy(AccountKey key, TimeProvider clock) : HttpPipelineSynchronousPolicy
{
    readonly string _scheme = $"SharedKeyLite {key.Account}:";

    public override void OnSendingRequest(HttpMessage message)
    {
        var date = clock.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        message.Request.Headers.SetValue("x-ms-date", date);

        // The path is signed as it is sent; of the query only comp would count, which is never used here.
        var text = $"{date}\n/{key.Account}{message.Request.Uri.ToUri().AbsolutePath}";
        message.Request.Headers.SetValue(HttpHeader.Names.Authorization, _scheme + key.Sign(Encoding.UTF8.GetBytes(text)));
    }
}
