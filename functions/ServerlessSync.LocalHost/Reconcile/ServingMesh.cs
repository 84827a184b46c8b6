using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Web;

namespace ServerlessSync.LocalHost;

/// <summary>A mesh that serves elsewhere, through its API; the key needs the roles viewer and operator.</summary>
sealed class ServingMesh : IReconcilingMesh
{
    static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(2);

    readonly HttpClient _client;

    /// <summary>Names it.</summary>
    /// <param name="address">Where it listens.</param>
    /// <param name="key">A key of its API.</param>
    public ServingMesh(Uri address, string key)
    {
        // A key goes where it was meant to go and nowhere else.
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }, disposeHandler: true) { BaseAddress = address, Timeout = LongestCall };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <inheritdoc/>
    public Task<ReconciliationAnswer> PlanAsync(string target, ReconciliationMode mode, CancellationToken cancellationToken) =>
        AskAsync(RouteNames.Reconciliations, new { target, dryRun = true, changesOnly = mode == ReconciliationMode.Changes }, cancellationToken);

    /// <inheritdoc/>
    public Task<ReconciliationAnswer> ApplyAsync(string target, string planHash, CancellationToken cancellationToken) =>
        AskAsync($"{RouteNames.Reconciliations}/{Uri.EscapeDataString(target)}/apply", new { planHash }, cancellationToken);

    /// <inheritdoc/>
    public async Task<ReconciliationRun?> FindAsync(string target, string run, CancellationToken cancellationToken)
    {
        var page = await PageAsync<ReconciliationRun>($"{RouteNames.Reconciliations}?target={Uri.EscapeDataString(target)}", cancellationToken);
        return page.Items.FirstOrDefault(r => r.Run == run);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<PlanLine> ReadPlanAsync(ReconciliationRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{RouteNames.Reconciliations}/{Uri.EscapeDataString(run.Target)}/{run.Number}/plan?top=500");
        await foreach (var page in PagesAsync<PlanLine>(path, cancellationToken))
        {
            foreach (var line in page.Items)
            {
                yield return line;
            }

            PlanText.RequireWhole(page.Damaged?.Count ?? 0);
        }
    }

    /// <inheritdoc/>
    public async Task<int> CountQueuedAsync(string target, CancellationToken cancellationToken)
    {
        var queued = 0;
        await foreach (var page in PagesAsync<DriftItem>($"{RouteNames.Drifts}?top=1000&state=queued&target={Uri.EscapeDataString(target)}", cancellationToken))
        {
            queued += page.Items.Count;
        }

        return queued;
    }

    /// <summary>Pauses the target's comparison that is under way, or lets it go on.</summary>
    /// <returns>Instance id of the comparison, or why not.</returns>
    public Task<ReconciliationAnswer> SetPauseAsync(string target, bool paused, CancellationToken cancellationToken) =>
        AskAsync($"{RouteNames.Reconciliations}/{Uri.EscapeDataString(target)}/{(paused ? "pause" : "resume")}", null, cancellationToken);

    /// <summary>The report in one of its forms.</summary>
    public async Task<byte[]> ReportAsync(DriftReportFormat format, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"{RouteNames.DriftReport}?format={format.Name}", null, cancellationToken);
        await ThrowUnlessAsync(answer, HttpStatusCode.OK, cancellationToken);
        return await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    async Task<ReconciliationAnswer> AskAsync(string path, object? input, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Post, path, input is null ? null : JsonContent.Create(input), cancellationToken);
        switch (answer.StatusCode)
        {
            case HttpStatusCode.NotFound:
                return new ReconciliationAnswer(ReconciliationDecision.UnknownTarget);
            case HttpStatusCode.Conflict:
                return new ReconciliationAnswer(ReconciliationDecision.Refused, Reason: await DetailOfAsync(answer, cancellationToken));
            default:
                await ThrowUnlessAsync(answer, HttpStatusCode.Accepted, cancellationToken);
                var run = await ReadAsync<JsonElement>(answer, cancellationToken);
                return new ReconciliationAnswer(ReconciliationDecision.Started, run.GetProperty("run").GetString());
        }
    }

    async IAsyncEnumerable<Page<T>> PagesAsync<T>(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? token = null;
        do
        {
            var page = await PageAsync<T>(token is null ? path : $"{path}&continuationToken={Uri.EscapeDataString(token)}", cancellationToken);
            yield return page;
            token = page.ContinuationToken;
        }
        while (token is not null);
    }

    async Task<Page<T>> PageAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        await ThrowUnlessAsync(answer, HttpStatusCode.OK, cancellationToken);
        return await ReadAsync<Page<T>>(answer, cancellationToken);
    }

    async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            return await _client.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"{_client.BaseAddress} cannot be asked: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{_client.BaseAddress} does not answer", e);
        }
    }

    async Task ThrowUnlessAsync(HttpResponseMessage answer, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        if (answer.StatusCode != expected)
        {
            throw new IOException($"{_client.BaseAddress} answers {(int)answer.StatusCode}: {await DetailOfAsync(answer, cancellationToken)}");
        }
    }

    static async Task<string> DetailOfAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            return (problem.TryGetProperty("detail", out var detail) ? detail : problem.GetProperty("title")).GetString() ?? "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return answer.ReasonPhrase ?? "";
        }
    }

    async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync<T>(MeshJson.Options, cancellationToken) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new IOException($"{_client.BaseAddress} answers what this program does not understand", e);
        }
    }

    sealed record Page<T>(IReadOnlyList<T> Items, string? ContinuationToken, IReadOnlyList<RowAddress>? Damaged);
}
