using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace ServerlessSync.Demo.Api;

/// <summary>Reads the mesh's own records and has targets compared with them, as any client of its API would.</summary>
/// <param name="client">Its base address is the mesh.</param>
/// <param name="viewKey">A key with the role of a viewer.</param>
/// <param name="operatorKey">A key with the role of an operator.</param>
sealed class MeshApi(HttpClient client, string viewKey, string operatorKey)
{
    const string RunTokenHeader = "x-ms-continuation-token";

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public Task<IReadOnlyList<IdentityItem>> ReadIdentitiesAsync(CancellationToken cancellationToken) => ReadAllAsync<IdentityItem>("identities", cancellationToken);

    public Task<IReadOnlyList<ExceptionItem>> ReadExceptionsAsync(CancellationToken cancellationToken) => ReadAllAsync<ExceptionItem>("exceptions", cancellationToken);

    /// <summary>The open drift of a target.</summary>
    public Task<IReadOnlyList<DriftRow>> ReadDriftsAsync(string target, CancellationToken cancellationToken) => ReadAllAsync<DriftRow>($"drifts?target={target}", cancellationToken);

    /// <summary>Has a target compared with the record and mended.</summary>
    /// <returns>The run's id.</returns>
    public async Task<string> CompareAsync(string target, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Post, "reconciliations", operatorKey);
        request.Content = JsonContent.Create(new { target, dryRun = false });
        using var response = await client.SendAsync(request, cancellationToken);
        using var started = await ReadAsync(response, cancellationToken);
        return started.RootElement.GetProperty("run").GetString()!;
    }

    /// <summary>A comparison of a target; null while there is none.</summary>
    public async Task<ComparisonItem?> FindComparisonAsync(string target, string run, CancellationToken cancellationToken) =>
        (await ReadAllAsync<ComparisonItem>($"reconciliations?target={target}", cancellationToken)).FirstOrDefault(c => c.Run == run);

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

    HttpRequestMessage Request(string path) => Request(HttpMethod.Get, path, viewKey);

    static HttpRequestMessage Request(HttpMethod method, string path, string key)
    {
        var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return request;
    }

    async Task<IReadOnlyList<T>> ReadAllAsync<T>(string list, CancellationToken cancellationToken)
    {
        var items = new List<T>();
        string? token = null;
        do
        {
            using var request = Request($"{list}{(list.Contains('?', StringComparison.Ordinal) ? '&' : '?')}top=100{(token is null ? "" : "&continuationToken=" + Uri.EscapeDataString(token))}");
            using var response = await client.SendAsync(request, cancellationToken);
            using var page = await ReadAsync(response, cancellationToken);
            items.AddRange(page.RootElement.GetProperty("items").EnumerateArray().Select(item => item.Deserialize<T>(Json)!));
            token = page.RootElement.TryGetProperty("continuationToken", out var next) ? next.GetString() : null;
        }
        while (!string.IsNullOrEmpty(token));
        return items;
    }
}
