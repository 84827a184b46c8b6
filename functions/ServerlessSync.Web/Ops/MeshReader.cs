using System.Text.Json.Nodes;
using ServerlessSync.Mesh.Authority;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Change;

namespace ServerlessSync.Web.Ops;

/// <summary>Shows identities and exceptions from the mesh's stores.</summary>
/// <param name="stores">The stores.</param>
public sealed class MeshReader(MeshStores stores) : IOpsReader
{
    readonly ManagerResolution _managers = new(stores);

    /// <inheritdoc/>
    public async Task<OpsPage> ListIdentitiesAsync(int top, string? continuationToken, CancellationToken cancellationToken)
    {
        RequireToken(continuationToken);
        var items = new List<ReadOnlyMemory<byte>>(top);
        string? last = null;
        var damaged = new List<RowAddress>();
        await foreach (var view in stores.Registry.ReadAllAsync(continuationToken, damaged.Add, cancellationToken))
        {
            if (items.Count == top)
            {
                return new OpsPage(items, last) { Damaged = damaged };
            }

            if (await ShowSoundAsync(view, damaged, cancellationToken) is { } item)
            {
                items.Add(item);
                last = view.Record.Id;
            }
        }

        return new OpsPage(items, null) { Damaged = damaged };
    }

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>?> FindIdentityAsync(string id, CancellationToken cancellationToken) =>
        StoreLimits.IsKey(id) && await stores.Registry.ViewAsync(id, cancellationToken) is { } view ? await ShowAsync(view, cancellationToken) : null;

    /// <inheritdoc/>
    public async Task<OpsPage> ListExceptionsAsync(int top, string? continuationToken, CancellationToken cancellationToken)
    {
        RequireToken(continuationToken);
        var items = new List<ReadOnlyMemory<byte>>(top);
        string? last = null;
        var damaged = new List<RowAddress>();
        await foreach (var (token, open) in stores.Exceptions.ReadOpenAsync(continuationToken, damaged.Add, cancellationToken))
        {
            if (items.Count == top)
            {
                return new OpsPage(items, last) { Damaged = damaged };
            }

            items.Add(MeshJson.ToBytes(open));
            last = token;
        }

        return new OpsPage(items, null) { Damaged = damaged };
    }

    /// <summary>Null when a row the identity is shown with is damaged.</summary>
    async Task<ReadOnlyMemory<byte>?> ShowSoundAsync(IdentityView view, List<RowAddress> damaged, CancellationToken cancellationToken)
    {
        try
        {
            return await ShowAsync(view, cancellationToken);
        }
        catch (StoreException e) when (e.Row is { } row)
        {
            damaged.Add(row);
            return null;
        }
    }

    static void RequireToken(string? token)
    {
        if (token is not null && !StoreLimits.IsKey(token))
        {
            throw new ArgumentException("not a token of this list", nameof(token));
        }
    }

    async Task<ReadOnlyMemory<byte>> ShowAsync(IdentityView view, CancellationToken cancellationToken)
    {
        var lane = await stores.Lanes.FindAsync(view.Record.Id, cancellationToken);
        var manager = await _managers.InEffectAsync(view.Record, cancellationToken);
        var denied = await LastPlan.DeniedAsync(stores, view.Record.Id, cancellationToken);
        return MeshJson.ToBytes(new
        {
            view.Record.Id,
            view.Record.Kind,
            view.Record.Status,
            view.Record.Anchors,
            view.Record.Attributes,
            view.Record.CreatedAt,
            view.Record.UpdatedAt,
            ManagerInEffect = view.Record.Status == IdentityStatus.Active ? manager?.Id : null,
            Accounts = view.Accounts.Values,
            view.Grants,
            view.Credentials,
            Lane = new { idle = lane.IsIdle, lane.Run, lane.Epoch, waiting = Math.Max(0, lane.Last - lane.Next + (lane.Run is null ? 1 : 0)) },
            Denied = denied.Select(d => new JsonObject
            {
                ["target"] = d.Request.Target,
                ["entitlement"] = d.Request.Entitlement,
                ["rule"] = d.Rule,
                ["reason"] = d.Reason,
                ["decision"] = d.Id,
            }),
        });
    }
}
