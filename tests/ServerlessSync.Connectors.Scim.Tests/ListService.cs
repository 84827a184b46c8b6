using System.Globalization;
using System.Text.Json.Nodes;
using System.Web;
using ServerlessSync.TestKit;

namespace ServerlessSync.Connectors.Scim.Tests;

/// <summary>A service that pages a list of users as told, well or badly.</summary>
sealed class ListService : IDisposable
{
    readonly StubHandler _handler;

    public ListService()
    {
        _handler = new StubHandler(Answer);
        Connector = new ScimConnector(
            new ScimOptions { Id = "saas", BaseUrl = new Uri("https://saas.example/scim"), Token = _ => ValueTask.FromResult("t"), PageSize = 10 },
            _handler,
            TimeProvider.System);
    }

    public ScimConnector Connector { get; }

    /// <summary>The ids there are, in the service's order.</summary>
    public List<string> Ids { get; } = [];

    /// <summary>How many it gives at once at most.</summary>
    public int Most { get; set; } = int.MaxValue;

    /// <summary>Whether it begins where it is asked to.</summary>
    public bool IgnoresStart { get; set; }

    /// <summary>Whether it counts what is on the page alone.</summary>
    public bool CountsThePage { get; set; }

    /// <summary>Whether it refuses to begin behind the end.</summary>
    public bool RefusesBeyond { get; set; }

    /// <summary>From which place on it gives nothing.</summary>
    public int EmptyFrom { get; set; } = int.MaxValue;

    /// <summary>How many addresses were asked for.</summary>
    public int Asked => _handler.Asked.Count;

    public void Dispose()
    {
        Connector.Dispose();
        _handler.Dispose();
    }

    HttpResponseMessage Answer(HttpRequestMessage request)
    {
        var query = HttpUtility.ParseQueryString(request.RequestUri!.Query);
        if (request.RequestUri.AbsolutePath.EndsWith("/ServiceProviderConfig", StringComparison.Ordinal))
        {
            return new HttpResponseMessage(System.Net.HttpStatusCode.NotFound);
        }

        var start = IgnoresStart ? 1 : int.Parse(query["startIndex"]!, CultureInfo.InvariantCulture);
        if (RefusesBeyond && start > Ids.Count)
        {
            return new HttpResponseMessage(System.Net.HttpStatusCode.BadRequest);
        }

        var count = start >= EmptyFrom ? 0 : Math.Min(Most, int.Parse(query["count"]!, CultureInfo.InvariantCulture));
        var page = Ids.Skip(start - 1).Take(count).ToList();
        var list = new JsonObject
        {
            ["totalResults"] = CountsThePage ? page.Count : Ids.Count,
            ["Resources"] = new JsonArray([.. page.Select(id => new JsonObject { ["id"] = id, ["userName"] = id })]),
        };
        return StubHandler.Json(list.ToJsonString());
    }
}
