using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Mesh.Audit;

/// <summary>
/// Erases what drift tells of a person: the values found and expected, reasons, and the contents of the audit entries about them. That there was
/// drift, of which kind and when, stays.
/// </summary>
sealed class DriftErasure(MeshStores stores)
{
    /// <summary>Erases it in every target.</summary>
    /// <returns>Payloads of audit entries erased.</returns>
    public async Task<long> EraseAsync(string identityId, CancellationToken cancellationToken)
    {
        var erased = 0L;
        await foreach (var place in stores.Drifts.PlacesOfAsync(identityId, cancellationToken))
        {
            await EmptyAsync(place, cancellationToken);
            erased += await ErasePayloadsAsync(place.Partition, identityId, cancellationToken);
        }

        await foreach (var last in stores.Reconciliations.ReadLastAsync(static _ => { }, cancellationToken))
        {
            // The newest may not have come to forget the one before it.
            foreach (var number in new[] { last.Number - 1, last.Number })
            {
                await stores.Suspects.EmptyAsync(last.Target, number, identityId, cancellationToken);
            }
        }

        return erased;
    }

    Task<bool> EmptyAsync(RowAddress place, CancellationToken cancellationToken) => stores.Partitions.EditAsync(
        place.Table,
        place.Partition,
        async edit =>
        {
            if (await edit.ReadAsync<DriftItem>(place.Key, cancellationToken) is not { } item)
            {
                return false;
            }

            edit.Save(place.Key, item with { Reason = null, Findings = [.. item.Findings.Select(f => f with { Expected = null, Found = null })] });
            return true;
        },
        cancellationToken);

    /// <summary>A stream here is that of many identities, so each payload is asked whose it is.</summary>
    async Task<long> ErasePayloadsAsync(string partition, string identityId, CancellationToken cancellationToken)
    {
        var store = stores.Partitions.Store;
        var sweeper = new RowSweeper(store, TableNames.Drifts, partition);
        await foreach (var row in store.QueryAsync(TableNames.Drifts, partition, KeyRange.StartingWith(AuditChain.PayloadPrefix), cancellationToken))
        {
            if (Reading.Try<AuditPayload>(row, out var payload) && IsOf(payload, identityId))
            {
                await sweeper.DeleteAsync(row.Key, cancellationToken);
            }
        }

        await sweeper.FlushAsync(cancellationToken);
        return sweeper.Deleted;
    }

    static bool IsOf(AuditPayload payload, string identityId)
    {
        using var content = System.Text.Json.JsonDocument.Parse(payload.Content);
        return content.RootElement is { ValueKind: System.Text.Json.JsonValueKind.Object } about
            && about.TryGetProperty("identityId", out var id)
            && id.ValueKind == System.Text.Json.JsonValueKind.String
            && id.GetString() == identityId;
    }
}
