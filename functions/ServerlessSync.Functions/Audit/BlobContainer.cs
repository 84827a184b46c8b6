using System.Globalization;
using System.Xml.Linq;
using Azure.Core;

namespace ServerlessSync.Functions;

/// <summary>A blob and its length in bytes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Length">Its length.</param>
sealed record BlobEntry(string Name, long Length);

/// <summary>Append blobs of a container, over the REST API of Blob storage
/// (<see href="https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api"/>).</summary>
sealed class BlobContainer
{
    readonly RestClient _rest;
    readonly string _address;

    /// <summary>Opens it.</summary>
    /// <param name="address">Its https address.</param>
    /// <param name="credential">Who signs in; the role needed is Storage Blob Data Contributor.</param>
    /// <param name="handler">Sends; null is the network.</param>
    public BlobContainer(Uri address, TokenCredential credential, HttpMessageHandler? handler = null)
    {
        _address = address.AbsoluteUri.TrimEnd('/');
        _rest = new RestClient(credential, "https://storage.azure.com/.default", handler);
    }

    /// <summary>The blobs whose names begin so, by name.</summary>
    /// <exception cref="IOException">They cannot be listed now.</exception>
    public async Task<IReadOnlyList<BlobEntry>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        var blobs = new List<BlobEntry>();
        var marker = string.Empty;
        do
        {
            var request = Request(RequestMethod.Get, $"?restype=container&comp=list&prefix={prefix}&marker={Uri.EscapeDataString(marker)}");
            await using var content = await _rest.SendAsync(request, cancellationToken);
            var page = await XDocument.LoadAsync(content, LoadOptions.None, cancellationToken);
            blobs.AddRange(page.Descendants("Blob").Select(blob => new BlobEntry(
                blob.Element("Name")!.Value, long.Parse(blob.Descendants("Content-Length").First().Value, CultureInfo.InvariantCulture))));
            marker = page.Root?.Element("NextMarker")?.Value ?? string.Empty;
        }
        while (marker.Length > 0);
        return blobs;
    }

    /// <summary>The content of a blob from a byte on.</summary>
    /// <exception cref="IOException">It cannot be read now.</exception>
    public Task<Stream> ReadAsync(string name, long from, CancellationToken cancellationToken)
    {
        var request = Request(RequestMethod.Get, $"/{name}");
        request.Headers.Add(("x-ms-range", string.Create(CultureInfo.InvariantCulture, $"bytes={from}-")));
        return _rest.SendAsync(request, cancellationToken);
    }

    /// <summary>Makes an empty append blob, unless there is one.</summary>
    /// <exception cref="IOException">It cannot be made now.</exception>
    public async Task CreateAsync(string name, CancellationToken cancellationToken)
    {
        var request = Request(RequestMethod.Put, $"/{name}");
        request.Headers.AddRange([("x-ms-blob-type", "AppendBlob"), ("If-None-Match", "*")]);
        await using var answer = await _rest.SendAsync(request with { AlsoFine = [409, 412] }, cancellationToken);
    }

    /// <summary>Adds a block where the blob ends, if it ends there.</summary>
    /// <exception cref="IOException">It ends elsewhere, or cannot be written now.</exception>
    public async Task AppendAsync(string name, long end, byte[] block, CancellationToken cancellationToken)
    {
        var request = Request(RequestMethod.Put, $"/{name}?comp=appendblock");
        request.Headers.Add(("x-ms-blob-condition-appendpos", end.ToString(CultureInfo.InvariantCulture)));
        await using var answer = await _rest.SendAsync(request with { Body = block }, cancellationToken);
    }

    RestRequest Request(RequestMethod method, string path) => new(method, _address + path) { Headers = { ("x-ms-version", "2024-11-04") } };
}
