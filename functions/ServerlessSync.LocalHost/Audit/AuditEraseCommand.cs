using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessSync.Mesh.Audit;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.LocalHost;

/// <summary><c>serverlesssync audit erase</c>: erases the personal data of somebody who has left.</summary>
static class AuditEraseCommand
{
    public static Command Make()
    {
        var store = new StoreOptions();
        var anchor = AnchorFolder.Option();
        var identity = new Option<string>("--identity") { Description = "the identity", Required = true };
        var reason = new Option<string>("--reason") { Description = "why; it is recorded and kept, so it must hold no personal data", Required = true };
        var by = new Option<string>("--by") { Description = "who asks for it", DefaultValueFactory = _ => Environment.UserName };
        var command = store.AddTo(new Command("erase", "Erases the personal data of an identity that has left; the audit still verifies.") { anchor, identity, reason, by });
        command.SetAction((parsed, cancellationToken) => CommandOutcome.OfAsync("audit", () => EraseAsync(
            store.Read(parsed), parsed.GetValue(anchor), new Request(parsed.GetValue(identity)!, parsed.GetValue(by)!, parsed.GetValue(reason)!), cancellationToken)));
        return command;
    }

    static async Task<int> EraseAsync(StoreSettings settings, string? anchor, Request request, CancellationToken cancellationToken)
    {
        var folder = AnchorFolder.Of(settings, anchor);
        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            throw new FormatException("--reason is expected to say why, got nothing");
        }

        await using var rows = await LocalRows.OpenExistingAsync(settings, Console.Error, cancellationToken);
        if (rows is null)
        {
            return ExitCodes.Usage;
        }

        var stores = new MeshStores(rows.Store, TimeProvider.System);
        var result = await new Erasure(stores).EraseAsync(request.IdentityId, request.By, request.Reason, cancellationToken);
        if (result.Refusal is not null)
        {
            await Console.Error.WriteLineAsync($"audit: {result.Refusal}");
            return ExitCodes.Usage;
        }

        Console.WriteLine($"audit: erased identity={request.IdentityId} payloads={result.Payloads} events={result.Events}");
        await AnchorAsync(folder, stores, cancellationToken);
        return ExitCodes.Ok;
    }

    /// <summary>A host at work does not see that this process added an entry, so its checkpoint is taken here.</summary>
    static async Task AnchorAsync(AnchorFolder folder, MeshStores stores, CancellationToken cancellationToken)
    {
        var anchored = false;
        if (folder.Exists)
        {
            await using var signer = folder.OpenSigner();
            anchored = await new Checkpointer(stores, signer, folder.Anchor, null, NullLogger.Instance).RunAsync(cancellationToken);
        }

        if (!anchored)
        {
            await Console.Error.WriteLineAsync($"audit: the entry of this erasure could not be anchored at {folder}; the next start of a host does that");
        }
    }

    sealed record Request(string IdentityId, string By, string Reason);
}
