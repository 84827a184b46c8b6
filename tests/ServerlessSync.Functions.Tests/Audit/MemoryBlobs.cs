using System.Globalization;
using System.Net;
using Azure.Core;

namespace ServerlessSync.Functions.Tests.Audit;

/// <summary>
/// A container of append blobs behind HTTP, as far as the anchor uses it
/// (<see href="https://learn.microsoft.com/rest/api/storageservices/append-block"/>).
/// </summary>
sealed class MemoryBlobs : HttpMessageHandler
{
    public static readonly Uri Address = new("https://example.blob.core.windows.net/audit-anchor");

    const int OnPage = 2;

    /// <summary>The blobs.</summary>
    public SortedDictionary<string, byte[]> Blobs { get; } = new(StringComparer.Ordinal);

    /// <summary>Answers so many appends that were carried out with a failure that may pass.</summary>
    public int LostAnswers { get; set; }

    /// <summary>Whether every call fails.</summary>
    public bool IsAway { get; set; }

    /// <summary>What a call was authorised by.</summary>
    public HashSet<string> Authorised { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Authorised.Add(request.Headers.Authorization?.ToString() ?? string.Empty);
        if (IsAway)
        {
            return new(HttpStatusCode.Forbidden);
        }

        var query = System.Web.HttpUtility.ParseQueryString(request.RequestUri!.Query);
        var name = request.RequestUri.AbsolutePath["/audit-anchor".Length..].TrimStart('/');
        return (request.Method.Method, query["comp"]) switch
        {
            ("GET", "list") => List(query["prefix"]!, query["marker"]!),
            ("GET", _) => Read(name, request),
            ("PUT", "appendblock") => Append(name, request, await request.Content!.ReadAsByteArrayAsync(cancellationToken)),
            _ => Create(name),
        };
    }

    HttpResponseMessage List(string prefix, string marker)
    {
        var rest = Blobs.Where(blob => blob.Key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(blob.Key, marker) > 0).ToList();
        var page = rest.Take(OnPage).ToList();
        var entries = string.Concat(page.Select(blob => $"<Blob><Name>{blob.Key}</Name><Properties><Content-Length>{blob.Value.Length}</Content-Length></Properties></Blob>"));
        var next = rest.Count > OnPage ? page[^1].Key : string.Empty;
        return new(HttpStatusCode.OK) { Content = new StringContent($"<?xml version=\"1.0\"?><EnumerationResults><Blobs>{entries}</Blobs><NextMarker>{next}</NextMarker></EnumerationResults>") };
    }

    HttpResponseMessage Read(string name, HttpRequestMessage request)
    {
        var from = int.Parse(request.Headers.GetValues("x-ms-range").Single()["bytes=".Length..^1], CultureInfo.InvariantCulture);
        return new(HttpStatusCode.PartialContent) { Content = new ByteArrayContent(Blobs[name][from..]) };
    }

    HttpResponseMessage Append(string name, HttpRequestMessage request, byte[] block)
    {
        var there = Blobs[name];
        if (request.Headers.GetValues("x-ms-blob-condition-appendpos").Single() != there.Length.ToString(CultureInfo.InvariantCulture))
        {
            return new(HttpStatusCode.PreconditionFailed);
        }

        Blobs[name] = [.. there, .. block];
        return new(LostAnswers-- > 0 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.Created);
    }

    HttpResponseMessage Create(string name) => new(Blobs.TryAdd(name, []) ? HttpStatusCode.Created : HttpStatusCode.Conflict);

    /// <summary>Signs in as somebody.</summary>
    public sealed class Somebody : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new("token-for-" + string.Join(' ', requestContext.Scopes), DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
