using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessSync.EndToEnd.Kill;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.EndToEnd.Reconciliation.Real;

/// <summary>Comparisons as whoever asks for one sees them: through the API of a host.</summary>
sealed class ComparisonApi(HttpClient client)
{
    static readonly TimeSpan BetweenPolls = TimeSpan.FromMilliseconds(50);

    /// <summary>Starts a comparison and answers its run.</summary>
    public async Task<string> StartAsync(string target, bool dryRun, ReconciliationMode mode, CancellationToken cancellationToken)
    {
        var changesOnly = mode == ReconciliationMode.Changes;
        using var answer = await client.PostAsJsonAsync("reconciliations", new { target, dryRun, changesOnly }, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        using var started = JsonDocument.Parse(text);
        return started.RootElement.GetProperty("run").GetString()!;
    }

    /// <summary>The part a comparison is at, or null when it tells of none.</summary>
    public async Task<string?> StageAsync(string run, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(await client.GetStringAsync(new Uri($"durabletask/instances/{run}", UriKind.Relative), cancellationToken));
        return document.RootElement.GetProperty("customStatus") is { ValueKind: JsonValueKind.Object } status ? status.GetProperty("stage").GetString() : null;
    }

    /// <summary>Waits for the end, and tells how long each part was seen to take.</summary>
    public async Task<(ReconciliationRun Run, string Stages)> EndAsync(string target, string run, CancellationToken cancellationToken)
    {
        var (stages, began, current) = (new List<string>(), TimeProvider.System.GetTimestamp(), "start");
        while (true)
        {
            var ended = await FindAsync(target, cancellationToken);
            var stage = ended is { EndedAt: not null } && ended.Run == run ? null : await StageAsync(run, cancellationToken) ?? current;
            if (stage != current)
            {
                stages.Add(string.Create(CultureInfo.InvariantCulture, $"{current} {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0}"));
                (current, began) = (stage, TimeProvider.System.GetTimestamp());
            }

            if (stage is null)
            {
                return (ended!, string.Join(", ", stages));
            }

            await Task.Delay(BetweenPolls, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Waits until nothing of a target is on its way to be mended.</summary>
    public async Task MendedAsync(string target, CancellationToken cancellationToken)
    {
        while ((await HostApi.ListAsync(client, $"drifts?target={target}&state=queued&top=1000", cancellationToken)).Count > 0)
        {
            await Task.Delay(BetweenPolls, TimeProvider.System, cancellationToken);
        }
    }

    async Task<ReconciliationRun?> FindAsync(string target, CancellationToken cancellationToken) =>
        (await HostApi.ListAsync(client, $"reconciliations?target={target}&top=1", cancellationToken))
            .Select(item => item.Deserialize<ReconciliationRun>(MeshJson.Options)).FirstOrDefault();
}
