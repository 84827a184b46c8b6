using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.TestKit.Conformance;

/// <summary>Sorted runs as rows, on any row store.</summary>
public abstract class RowSortedRunConformance : SortedRunStoreConformance
{
    IRowStore _rows = null!;

    /// <summary>An empty row store.</summary>
    protected abstract Task<IRowStore> OpenRowsAsync();

    protected override async Task<ISortedRunStore> OpenAsync()
    {
        _rows = await OpenRowsAsync();
        return Reopen();
    }

    protected override ISortedRunStore Reopen() => new RowSortedRunStore(_rows);

    protected override async Task<int> LeftAsync()
    {
        var left = 0;
        await foreach (var _ in _rows.ScanAsync(TableNames.SortedRuns, KeyRange.All, CancellationToken.None))
        {
            left++;
        }

        return left;
    }

    protected override async Task DamageAsync(string side, string run, int chunk)
    {
        var partition = $"{KeyText.Encode(side)}!{KeyText.Encode(run)}";
        var row = (await _rows.GetAsync(new(TableNames.SortedRuns, partition, $"{chunk:D6}"), CancellationToken.None))!;
        var body = row.Body.ToArray();
        body[^1] ^= 1;
        await _rows.CommitAsync(new(TableNames.SortedRuns, partition, RowWrite.Put(row.Key, body)), CancellationToken.None);
    }
}
