using System.Text.Json;

namespace ServerlessSync.Connectors.Scim;

/// <summary>What the service says it can do, in its ServiceProviderConfig (RFC 7643 section 5, RFC 9865 section 4). Asked once.</summary>
sealed class ScimFeatures(ScimWire wire)
{
    volatile Said? _said;

    /// <summary>Whether lists can be filtered.</summary>
    public async Task<bool> FiltersAsync(CancellationToken cancellationToken) => (await ReadAsync(cancellationToken).ConfigureAwait(false)).Filter;

    /// <summary>Whether lists can be paged by a cursor.</summary>
    public async Task<bool> HasCursorAsync(CancellationToken cancellationToken) => (await ReadAsync(cancellationToken).ConfigureAwait(false)).Cursor;

    async Task<Said> ReadAsync(CancellationToken cancellationToken)
    {
        if (_said is { } known)
        {
            return known;
        }

        var config = await wire.GetServiceProviderConfigAsync(cancellationToken).ConfigureAwait(false);
        var said = new Said(Filter: IsTrue(config, "filter", "supported"), Cursor: IsTrue(config, "pagination", "cursor"));
        _said = said;
        return said;
    }

    static bool IsTrue(JsonElement? config, string feature, string name) => config?.Member(feature)?.Member(name) is { ValueKind: JsonValueKind.True };

    sealed record Said(bool Filter, bool Cursor);
}
