using System.Globalization;
using System.Runtime.CompilerServices;
using ServerlessSync.Mesh.Audit;

namespace ServerlessSync.Mesh.Storage;

/// <summary>The suspects of each comparison, one partition a comparison, in the order of their keys. They stay until the target's next one.</summary>
public sealed class SuspectStore(Partitions partitions)
{
    /// <summary>What keys of notes begin with that say what a comparison has read; they lie beside its suspects.</summary>
    internal const string NotePrefix = "c-";

    const string KeyPrefix = "s-";
    const char NumberSeparator = '~';
    const int NumberDigits = 10;

    /// <summary>Accounts, and credentials, of one identity that are looked at in one comparison; more are found when those are settled.</summary>
    const int MostKeys = 100;

    /// <summary>Adds suspects to a comparison; one that is there already learns of further accounts and is looked at once more.</summary>
    public async Task AddAsync(string target, long number, IReadOnlyCollection<Suspect> suspects, CancellationToken cancellationToken)
    {
        foreach (var part in suspects.GroupBy(KeyOf).Chunk(StoreLimits.BatchRows))
        {
            await partitions.EditAsync(
                TableNames.Reconciliations,
                PartitionOf(target, number),
                async edit =>
                {
                    foreach (var group in part)
                    {
                        var there = await edit.ReadAsync<Suspect>(group.Key, cancellationToken);
                        var (keys, credentials) = (there?.AccountKeys ?? [], there?.Credentials ?? []);
                        var next = (there ?? group.First()) with
                        {
                            AccountKeys = [.. keys.Union(group.SelectMany(s => s.AccountKeys), StringComparer.Ordinal).Take(MostKeys)],
                            Credentials = [.. credentials.Union(group.SelectMany(s => s.Credentials), StringComparer.Ordinal).Take(MostKeys)],
                        };
                        if (there is null || next.AccountKeys.Count > keys.Count || next.Credentials.Count > credentials.Count)
                        {
                            edit.Save(group.Key, next);
                        }
                    }

                    return true;
                },
                cancellationToken);
        }
    }

    /// <summary>Saves suspects as they have become, each only over the row it was read from: an attempt that comes late changes nothing.</summary>
    /// <exception cref="StoreException">One of them was changed since it was read: who is at work reads it again.</exception>
    public async Task SaveAsync(string target, long number, IReadOnlyCollection<Suspect> suspects, CancellationToken cancellationToken)
    {
        foreach (var part in suspects.Chunk(StoreLimits.BatchRows))
        {
            var writes = part.Select(s => RowWrite.Save(KeyOf(s), s.ETag, MeshJson.ToBytes(s))).ToList();
            var saved = await partitions.Store.CommitAsync(new RowBatch(TableNames.Reconciliations, PartitionOf(target, number), writes), cancellationToken);
            if (!saved.Committed)
            {
                throw new StoreException(StoreFailure.Unavailable, $"Suspect '{writes[saved.ConflictAt].Key}' of '{PartitionOf(target, number)}' was changed since it was read.");
            }
        }
    }

    /// <summary>Reads a comparison's suspects after the key given, each with its own key.</summary>
    /// <exception cref="StoreException">One of them is damaged.</exception>
    public async IAsyncEnumerable<(string Key, Suspect Suspect)> ReadAsync(
        string target, long number, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in QueryAsync(target, number, after, cancellationToken))
        {
            yield return (row.Key, MeshJson.FromRow<Suspect>(row, TableNames.Reconciliations) with { ETag = row.ETag });
        }
    }

    /// <summary>Reads a comparison's suspects after the key given, each with its own key.</summary>
    /// <param name="target">The target.</param>
    /// <param name="number">Number of the comparison.</param>
    /// <param name="after">Key of the one before, or null.</param>
    /// <param name="skipped">Called with the address of each row that cannot be read.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async IAsyncEnumerable<(string Key, Suspect Suspect)> ReadAsync(
        string target, long number, string? after, Action<RowAddress> skipped, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in QueryAsync(target, number, after, cancellationToken))
        {
            if (Reading.Try<Suspect>(row, out var suspect))
            {
                yield return (row.Key, suspect with { ETag = row.ETag });
            }
            else
            {
                skipped(new RowAddress(TableNames.Reconciliations, row.Partition, row.Key));
            }
        }
    }

    /// <summary>Reads a comparison's suspect of an identity, or of an account nobody is known for; null when it suspects none there.</summary>
    /// <exception cref="StoreException">It is damaged.</exception>
    internal Task<Suspect?> FindAsync(string target, long number, Suspect about, CancellationToken cancellationToken) =>
        partitions.ReadAsync<Suspect>(TableNames.Reconciliations, PartitionOf(target, number), KeyOf(about), cancellationToken);

    /// <summary>Forgets up to 100 suspects of a comparison, or notes of what it read.</summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> ForgetAsync(string target, long number, CancellationToken cancellationToken)
    {
        var rows = partitions.Store.QueryAsync(TableNames.Reconciliations, PartitionOf(target, number), KeyRange.All, cancellationToken);
        var deletes = new List<RowWrite>();
        await foreach (var row in rows)
        {
            deletes.Add(RowWrite.Delete(row.Key));
            if (deletes.Count == StoreLimits.BatchRows)
            {
                break;
            }
        }

        if (deletes.Count > 0)
        {
            await partitions.Store.CommitAsync(new RowBatch(TableNames.Reconciliations, PartitionOf(target, number), deletes), cancellationToken);
        }

        return deletes.Count == StoreLimits.BatchRows;
    }

    /// <summary>Empties what a comparison tells of an identity: the values found and expected. That it was looked at stays.</summary>
    public Task EmptyAsync(string target, long number, string identityId, CancellationToken cancellationToken) => partitions.EditAsync(
        TableNames.Reconciliations,
        PartitionOf(target, number),
        async edit =>
        {
            var key = KeyOf(new Suspect { IdentityId = identityId });
            if (await edit.ReadAsync<Suspect>(key, cancellationToken) is { } suspect)
            {
                edit.Save(key, suspect with { Reason = null, Findings = [.. suspect.Findings.Select(f => f with { Expected = null, Found = null })] });
            }

            return true;
        },
        cancellationToken);

    /// <summary>Whether a text can be the key of a suspect.</summary>
    internal static bool IsToken(string text) => StoreLimits.IsKey(text) && text.StartsWith(KeyPrefix, StringComparison.Ordinal);

    /// <summary>Whether a row is a suspect, or a note of what was read, and of which comparison of which partition of comparisons.</summary>
    internal static bool IsSuspect(Row row, out string comparisons, out long number)
    {
        var separator = row.Partition.LastIndexOf(NumberSeparator);
        (comparisons, number) = (separator < 0 ? string.Empty : row.Partition[..separator], 0);
        return separator >= 0
            && (row.Key.StartsWith(KeyPrefix, StringComparison.Ordinal) || row.Key.StartsWith(NotePrefix, StringComparison.Ordinal))
            && row.Partition.Length - separator - 1 == NumberDigits
            && long.TryParse(row.Partition.AsSpan(separator + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    IAsyncEnumerable<Row> QueryAsync(string target, long number, string? after, CancellationToken cancellationToken)
    {
        var range = KeyRange.StartingWith(KeyPrefix);
        return partitions.Store.QueryAsync(
            TableNames.Reconciliations, PartitionOf(target, number), after is null ? range : range with { From = after + " " }, cancellationToken);
    }

    static string KeyOf(Suspect suspect) => suspect.IdentityId is { } identityId
        ? $"{KeyPrefix}i-{KeyText.Encode(identityId)}"
        : $"{KeyPrefix}a-{KeyText.Encode(suspect.AccountKeys[0])}";

    /// <summary>'~' stands in no short encoded name, so that no target's rows of runs lie there.</summary>
    internal static string PartitionOf(string target, long number) => string.Create(CultureInfo.InvariantCulture, $"{KeyText.Encode(target)}{NumberSeparator}{number:d10}");
}
