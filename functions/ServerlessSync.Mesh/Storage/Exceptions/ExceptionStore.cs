using System.Runtime.CompilerServices;
using ServerlessSync.Mesh.Audit;

namespace ServerlessSync.Mesh.Storage;

/// <summary>The exceptions queue: each has an owner, a reason and a deadline, and is in the audit of the identity it concerns.</summary>
public sealed class ExceptionStore(Partitions partitions)
{
    const string System = "system";
    const string KeyPrefix = "x-";

    /// <summary>
    /// Opens an exception; while one of the same id is open, nothing changes: the first keeps its deadline. Once settled it is opened again by
    /// another run only: the one that opened it may repeat itself.
    /// </summary>
    /// <returns>True when this call opened it.</returns>
    public async Task<bool> OpenAsync(ExceptionItem exception, CancellationToken cancellationToken)
    {
        var partition = exception.IdentityId ?? System;
        var opened = await partitions.EditAsync(
            TableNames.Exceptions,
            partition,
            async edit =>
            {
                if (await edit.ReadAsync<ExceptionItem>(KeyOf(exception.Id), cancellationToken) is { } there
                    && (there.SettledAt is null || (there.Run is not null && there.Run == exception.Run)))
                {
                    return false;
                }

                edit.Save(KeyOf(exception.Id), exception);
                edit.Audit(AuditDraft.Of($"exception:{exception.Id}:{exception.Run}", AuditKind.ExceptionOpened, exception));
                return true;
            },
            cancellationToken);
        return opened;
    }

    /// <summary>Settles an open exception.</summary>
    /// <returns>False when it is unknown or settled already.</returns>
    public Task<bool> SettleAsync(string? identityId, string id, string settlement, CancellationToken cancellationToken) =>
        SettleAsync(identityId, id, settlement, _ => true, cancellationToken);

    /// <summary>Settles an exception that was read as open; not one that another run has opened since under the same id.</summary>
    internal Task<bool> SettleAsync(ExceptionItem read, string settlement, CancellationToken cancellationToken) =>
        SettleAsync(read.IdentityId, read.Id, settlement, now => now.Run == read.Run, cancellationToken);

    /// <summary>Forgets the settled exceptions of one identity; their audit entries stay.</summary>
    public async Task ForgetSettledAsync(string identityId, CancellationToken cancellationToken)
    {
        await foreach (var row in partitions.Store.QueryAsync(TableNames.Exceptions, identityId, KeyRange.StartingWith(KeyPrefix), cancellationToken))
        {
            if (Reading.Try<ExceptionItem>(row, out var item) && item.SettledAt is not null)
            {
                await partitions.Store.CommitAsync(new RowBatch(TableNames.Exceptions, identityId, RowWrite.Delete(row.Key, row.ETag)), cancellationToken);
            }
        }
    }

    /// <summary>Reads an exception, open or settled, by its id alone; null when there is none.</summary>
    public async Task<ExceptionItem?> FindAsync(string id, CancellationToken cancellationToken)
    {
        // What concerns an identity has an id that begins with it, or with its run.
        var subject = id[..Math.Max(0, id.IndexOf(':', StringComparison.Ordinal))];
        foreach (var partition in new[] { System, subject, Lanes.IdentityOf(subject) }.Distinct().Where(StoreLimits.IsKey))
        {
            if (await partitions.ReadAsync<ExceptionItem>(TableNames.Exceptions, partition, KeyOf(id), cancellationToken) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Reads the open exceptions of one identity.</summary>
    /// <param name="identityId">The identity; null for those that concern none.</param>
    /// <param name="idPrefix">What their ids begin with, at most 40 characters; empty for all.</param>
    /// <param name="skipped">Called with the address of each row that cannot be read.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<ExceptionItem>> ReadOpenOfAsync(
        string? identityId, string idPrefix, Action<RowAddress> skipped, CancellationToken cancellationToken)
    {
        var open = new List<ExceptionItem>();
        var prefix = idPrefix.Length == 0 ? KeyPrefix : KeyOf(idPrefix);
        var rows = partitions.Store.QueryAsync(TableNames.Exceptions, identityId ?? System, KeyRange.StartingWith(prefix), cancellationToken);
        await foreach (var row in rows)
        {
            if (Read(row, skipped) is { SettledAt: null } item)
            {
                open.Add(item);
            }
        }

        return open;
    }

    /// <summary>Why nothing may be begun for an identity on a target, for people: an exception of theirs is open there, or one that cannot be read may be; null when nothing stands in the way.</summary>
    internal async Task<string?> WhyHeldAsync(string identityId, string target, CancellationToken cancellationToken)
    {
        var damaged = false;
        var open = await ReadOpenOfAsync(identityId, string.Empty, _ => damaged = true, cancellationToken);
        return open.FirstOrDefault(e => e.Target == target) is { } exception ? $"exception {exception.Id} is open: {exception.Reason}"
            : damaged ? "an exception of theirs cannot be read, and may be open"
            : null;
    }

    /// <summary>Reads every exception that is open, after the token given, each with its own token. A scan is no snapshot.</summary>
    public IAsyncEnumerable<(string Token, ExceptionItem Item)> ReadOpenAsync(string? after, CancellationToken cancellationToken) =>
        ReadOpenAsync(after, static _ => { }, cancellationToken);

    /// <summary>Reads every exception that is open, after the token given, each with its own token. A scan is no snapshot.</summary>
    /// <param name="after">Token of the one before, or null.</param>
    /// <param name="skipped">Called with the address of each row that cannot be read.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async IAsyncEnumerable<(string Token, ExceptionItem Item)> ReadOpenAsync(
        string? after, Action<RowAddress> skipped, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var from = after is null ? KeyRange.All : new KeyRange(after[..Math.Max(0, after.IndexOf('~', StringComparison.Ordinal))], null);
        await foreach (var row in partitions.Store.ScanAsync(TableNames.Exceptions, from, cancellationToken))
        {
            var token = $"{row.Partition}~{row.Key}";
            if (row.Key.StartsWith(KeyPrefix, StringComparison.Ordinal)
                && (after is null || string.CompareOrdinal(token, after) > 0)
                && Read(row, skipped) is { SettledAt: null } open)
            {
                yield return (token, open);
            }
        }
    }

    Task<bool> SettleAsync(
        string? identityId, string id, string settlement, Func<ExceptionItem, bool> applies, CancellationToken cancellationToken) =>
        partitions.EditAsync(
            TableNames.Exceptions,
            identityId ?? System,
            async edit =>
            {
                if (await edit.ReadAsync<ExceptionItem>(KeyOf(id), cancellationToken) is not { SettledAt: null } exception || !applies(exception))
                {
                    return false;
                }

                edit.Save(KeyOf(id), exception with { SettledAt = partitions.Clock.GetUtcNow(), Settlement = settlement });
                edit.Audit(AuditDraft.Of($"exception-settled:{id}:{exception.Run}", AuditKind.ExceptionSettled, new { id, settlement }));
                return true;
            },
            cancellationToken);

    static ExceptionItem? Read(Row row, Action<RowAddress> skipped)
    {
        try
        {
            return MeshJson.FromRow<ExceptionItem>(row, TableNames.Exceptions);
        }
        catch (StoreException e) when (e.Row is { } damaged)
        {
            skipped(damaged);
            return null;
        }
    }

    static string KeyOf(string id) => KeyPrefix + KeyText.Encode(id);
}
