using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.Benchmarks.Store;

/// <summary>The table service with nothing between: signed requests by <see cref="HttpClient"/>, answers read and thrown away.</summary>
sealed class RawTable(AzuriteServer server, int connections) : IDisposable
{
    const string Account = "devstoreaccount1";

    readonly byte[] _key = Convert.FromBase64String(server.Key);
    readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseCookies = false });

    public Task CreateAsync(string table, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "/Tables", Encoding.UTF8.GetBytes($"{{\"TableName\":\"{table}\"}}"), cancellationToken);

    /// <summary>Inserts an entity given as JSON.</summary>
    public Task InsertAsync(string table, byte[] entity, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, "/" + table, entity, cancellationToken);

    /// <summary>Reads an entity.</summary>
    /// <returns>How long the answer was.</returns>
    public Task<int> ReadAsync(string table, string partition, string key, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"/{table}(PartitionKey='{partition}',RowKey='{key}')", null, cancellationToken);

    public void Dispose() => _client.Dispose();

    async Task<int> SendAsync(HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, server.Endpoint.AbsoluteUri + path);
        var date = TimeProvider.System.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        var signature = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{date}\n/{Account}{request.RequestUri!.AbsolutePath}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("SharedKeyLite", $"{Account}:{Convert.ToBase64String(signature)}");
        request.Headers.Add("x-ms-date", date);
        request.Headers.Add("x-ms-version", "2020-12-06");
        request.Headers.Add("DataServiceVersion", "3.0");
        request.Headers.TryAddWithoutValidation("Accept", "application/json;odata=nometadata");
        if (body is not null)
        {
            request.Headers.Add("Prefer", "return-no-content");
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        using var response = await _client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadAsByteArrayAsync(cancellationToken)).Length;
    }
}
