using ServerlessSync.Connectors;

namespace ServerlessSync.TestKit;

/// <summary>Reads lists to their end.</summary>
public static class AllPages
{
    /// <summary>Every item of every page; fails on a token that came before.</summary>
    /// <param name="read">Reads one page.</param>
    /// <param name="betweenPages">Runs after each page but the last, with its number from 1.</param>
    public static async Task<IReadOnlyList<T>> ReadAsync<T>(Func<string?, CancellationToken, Task<Page<T>>> read, Func<int, Task>? betweenPages = null)
    {
        var all = new List<T>();
        var tokens = new HashSet<string>(StringComparer.Ordinal);
        string? token = null;
        for (var number = 1; ; number++)
        {
            var page = await read(token, CancellationToken.None);
            all.AddRange(page.Items);
            token = page.NextToken;
            if (token is null)
            {
                return all;
            }

            if (!tokens.Add(token))
            {
                throw new InvalidOperationException($"The token {token} came twice.");
            }

            if (betweenPages is not null)
            {
                await betweenPages(number);
            }
        }
    }
}
