using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Storage.Tables.Tests;

/// <summary>
/// Writers who share rows. Each commit appends its token to a shared row, which is read before, and half of them insert a row of their own in
/// the same batch. What was answered to each token is kept, so that the rows can be held against the answers.
/// </summary>
sealed class FaultyWork(IRowStore store, int seed)
{
    public const string Table = "work";
    const int Rows = 4;

    readonly ConcurrentDictionary<string, string> _answers = new(StringComparer.Ordinal);

    public int Acknowledged => _answers.Values.Count(answer => answer == "committed");

    public int Unknown => _answers.Values.Count(answer => answer == "unknown");

    public async Task RunAsync(int writers, int commitsEach, CancellationToken cancellationToken) =>
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() => WriteAsync(writer, commitsEach, cancellationToken), cancellationToken)));

    /// <summary>Everything the rows of an honest store hold against the answers that were given.</summary>
    public async Task<IReadOnlyList<string>> ErrorsAsync(IRowStore honest, CancellationToken cancellationToken)
    {
        var appended = new Dictionary<string, int>(StringComparer.Ordinal);
        var own = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var row in honest.ScanAsync(Table, KeyRange.All, cancellationToken))
        {
            if (!row.Key.StartsWith("shared", StringComparison.Ordinal))
            {
                own.Add(row.Key);
                continue;
            }

            foreach (var token in Encoding.UTF8.GetString(row.Body.Span).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                appended[token] = appended.GetValueOrDefault(token) + 1;
            }
        }

        return [.. _answers.Select(answer => Error(answer.Key, answer.Value, appended.GetValueOrDefault(answer.Key), own.Contains(answer.Key))).OfType<string>()];
    }

    static string? Error(string token, string answer, int times, bool hasOwn)
    {
        var right = answer switch
        {
            "committed" => times == 1,
            "conflict" => times == 0,
            _ => times <= 1,
        };
        return right && hasOwn == (times == 1 && WritesOwn(token)) ? null : $"{token}: answered {answer}, there {times} times, own row {hasOwn}";
    }

    static bool WritesOwn(string token) => token.EndsWith('b');

    async Task WriteAsync(int writer, int commits, CancellationToken cancellationToken)
    {
        var random = new Random(seed + (1000 * writer));
        var turn = 0;
        for (var done = 0; done < commits;)
        {
            var token = string.Create(CultureInfo.InvariantCulture, $"{writer}-{++turn}{(random.Next(2) == 0 ? 'a' : 'b')}");
            try
            {
                var answer = await AppendAsync($"shared{random.Next(Rows)}", token, cancellationToken);
                _answers[token] = answer ? "committed" : "conflict";
                done += answer ? 1 : 0;
            }
            catch (StoreException e) when (e.Failure == StoreFailure.Unavailable)
            {
                // Where the commit had not begun, "unknown" is the weaker claim.
                _answers[token] = "unknown";
            }
        }
    }

    async Task<bool> AppendAsync(string key, string token, CancellationToken cancellationToken)
    {
        var row = await store.GetAsync(new RowAddress(Table, "p", key), cancellationToken);
        byte[] body = [.. (row?.Body ?? default).Span, .. Encoding.UTF8.GetBytes(token + " ")];
        var append = RowWrite.Save(key, row?.ETag, body);
        RowWrite[] writes = WritesOwn(token) ? [RowWrite.Insert(token, body), append] : [append];
        return (await store.CommitAsync(new RowBatch(Table, "p", writes), cancellationToken)).Committed;
    }
}
