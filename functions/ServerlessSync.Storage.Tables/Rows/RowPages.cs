using ServerlessSync.Storage.Tables.Client;

namespace ServerlessSync.Storage.Tables.Rows;

/// <summary>The pages of one query, each as large as the rows before it let expect to fit the memory meant for it.</summary>
sealed class RowPages(TableClient table, string filter)
{
    const int FirstRows = 64;
    const int MostRows = 1000;
    const int PageBytes = 4 * 1024 * 1024;

    int _rows = FirstRows;
    bool _ended;
    TableContinuation? _next;

    /// <summary>The next page, which may be empty; null after the last.</summary>
    public async Task<IReadOnlyList<TableEntity>?> NextAsync(CancellationToken cancellationToken)
    {
        if (_ended)
        {
            return null;
        }

        var page = await table.QueryPageAsync(filter, _rows, _next, cancellationToken);
        if (page.Next is not null && page.Next == _next)
        {
            throw new FormatException("A page continues where it began.");
        }

        (_next, _ended) = (page.Next, page.Next is null);
        _rows = page.Entities.Count == 0 ? _rows : Math.Clamp((int)((long)PageBytes * page.Entities.Count / page.Bytes), 1, MostRows);
        return page.Entities;
    }
}
