using System.Net;
using ServerlessSync.TestKit;

namespace ServerlessSync.Connectors.Scim.Tests;

/// <summary>A service whose groups are the JSON of their <c>members</c>, or null where it leaves that out.</summary>
sealed class GroupService : IDisposable
{
    readonly StubHandler _handler;

    public GroupService(ScimOptions? options = null)
    {
        _handler = new StubHandler(Answer);
        Connector = new ScimConnector(
            (options ?? Options) with { BaseUrl = new Uri("https://saas.example/scim") }, _handler, TimeProvider.System);
    }

    public static ScimOptions Options => new() { Id = "saas", BaseUrl = new Uri("https://x.example"), Token = _ => ValueTask.FromResult("t") };

    public ScimConnector Connector { get; }

    public SortedDictionary<string, string?> Groups { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Asked => _handler.Asked;

    public static string Members(int count) => $"[{string.Join(',', Enumerable.Range(1, count).Select(n => $$"""{"value":"u{{n:D5}}"}"""))}]";

    /// <summary>All grants, each as account and right, and how many came on each page.</summary>
    public async Task<(IReadOnlyList<string> Grants, IReadOnlyList<int> Pages)> ReadAsync(Action? betweenPages = null)
    {
        var pages = new List<int>();
        var grants = await AllPages.ReadAsync(
            async (token, cancellationToken) =>
            {
                var page = await Connector.ReadGrantPageAsync(token, cancellationToken);
                pages.Add(page.Items.Count);
                return page;
            },
            _ =>
            {
                betweenPages?.Invoke();
                return Task.CompletedTask;
            });
        return ([.. grants.Select(g => $"{g.AccountKey} {g.Name}")], pages);
    }

    public void Dispose()
    {
        Connector.Dispose();
        _handler.Dispose();
    }

    HttpResponseMessage Answer(HttpRequestMessage request)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (path.EndsWith("/Groups", StringComparison.Ordinal))
        {
            var listed = Groups.Keys.Select(id => $$"""{"id":"{{id}}","displayName":"G {{id}}"}""");
            return StubHandler.Json($$"""{"totalResults":{{Groups.Count}},"Resources":[{{string.Join(',', listed)}}]}""");
        }

        var asked = path.Split('/')[^1];
        return !Groups.TryGetValue(asked, out var members)
            ? new HttpResponseMessage(HttpStatusCode.NotFound)
            : StubHandler.Json($$"""{"id":"{{asked}}","displayName":"G {{asked}}"{{(members is null ? "" : $",\"members\":{members}")}}}""");
    }
}
