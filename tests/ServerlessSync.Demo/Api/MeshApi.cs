using System.Net.Http.Headers;
using System.Text.Json;

namespace ServerlessSync.Demo.Api;

/// <summary>Reads the mesh's own records, as any client of its API would.</summary>
/// <param name="client">Its base address is the mesh.</param>
/// <param name="key">A key with the role of a viewer.</param>
sealed class MeshApi(HttpClient client, string key)
{
    const string RunTokenHeader = "x-ms-continuation-token";

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public Task<IReadOnlyList<IdentityItem>> ReadIdentitiesAsync(CancellationToken cancellationToken) => ReadAllAsync<IdentityItem>("identities", cancellationToken);

    public Task<IReadOnlyList<ExceptionItem>> ReadExceptionsAsync(CancellationToken cancellationToken) => ReadAllAsync<ExceptionItem>("exceptions", cancellationToken);

    /// <summary>Every run there has been.</summary>
    public async Task<IReadOnlyList<RunItem>> ReadRunsAsync(CancellationToken cancellationToken)
    {
        var runs = new List<RunItem>();
        string? token = null;
        do
        {
            using var request = Request("durabletask/instances?showInput=false&top=100");
            if (token is not null)
            {
                request.Headers.Add(RunTokenHeader, token);
            }

            using var response = await client.SendAsync(request, cancellationToken);
            using var page = await ReadAsync(response, cancellationToken);
            runs.AddRange(page.RootElement.EnumerateArray().Select(ToRun));
            token = response.Headers.TryGetValues(RunTokenHeader, out var next) ? next.FirstOrDefault() : null;
        }
        while (!string.IsNullOrEmpty(token));
        return runs;
    }

    static RunItem ToRun(JsonElement run) => new(
        run.GetProperty("instanceId").GetString()!,
        run.GetProperty("runtimeStatus").GetString()!,
        run.GetProperty("output") is { ValueKind: JsonValueKind.Object } output && output.TryGetProperty("steps", out var steps) ? steps.GetArrayLength() : 0);

    static async Task<JsonDocument> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? JsonDocument.Parse(body)
            : throw new InvalidOperationException($"{response.RequestMessage!.RequestUri} was answered {(int)response.StatusCode}: {System.Text.Encoding.UTF8.GetString(body)}");
    }

    HttpRequestMessage Request(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return request;
    }

    async Task<IReadOnlyList<T>> ReadAllAsync<T>(string list, CancellationToken cancellationToken)
    {
        var items = new List<T>();
        string? token = null;
        do
        {
            using var request = Request($"{list}?top=100{(token is null ? "" : "&continuationToken=" + Uri.EscapeDataString(token))}");
            using var response = await client.SendAsync(request, cancellationToken);
            using var page = await ReadAsync(response, cancellationToken);
            items.AddRange(page.RootElement.GetProperty("items").EnumerateArray().Select(item => item.Deserialize<T>(Json)!));
            token = page.RootElement.TryGetProperty("continuationToken", out var next) ? next.GetString() : null;
        }
        while (!string.IsNullOrEmpty(token));
        return items;
    }
}
