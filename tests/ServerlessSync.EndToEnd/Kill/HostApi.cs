using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using ServerlessSync.TestKit.Servers;
using ServerlessSync.Web.Intake;

namespace ServerlessSync.EndToEnd.Kill;

/// <summary>A host as its callers see it: signed webhooks and the status API.</summary>
static class HostApi
{
    static readonly TimeSpan BetweenPolls = TimeSpan.FromMilliseconds(50);
    static readonly byte[] SigningKey = RandomNumberGenerator.GetBytes(32);

    /// <summary>What the webhooks are signed with, as the host takes it from its environment.</summary>
    public static string Secret { get; } = "whsec_" + Convert.ToBase64String(SigningKey);

    /// <summary>The bearer key of the status API.</summary>
    public static string Key { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    /// <summary>A client of one host's API.</summary>
    public static HttpClient ClientOf(ServerProcess host)
    {
        var client = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = HostProgram.AddressOf(host), Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        return client;
    }

    /// <summary>Sends a signed webhook, and answers whether the sender got its 202; a connection cut by the host's death is none, nor is "later".</summary>
    public static async Task<bool> SendAsync(HttpClient client, HrEvent said, CancellationToken cancellationToken)
    {
        var status = await TryPostAsync(client, said, cancellationToken);
        (status ?? HttpStatusCode.Accepted).ShouldBeOneOf(HttpStatusCode.Accepted, HttpStatusCode.ServiceUnavailable);
        return status == HttpStatusCode.Accepted;
    }

    /// <summary>Sends a signed webhook and answers its status; null when the connection was cut.</summary>
    public static async Task<HttpStatusCode?> TryPostAsync(HttpClient client, HrEvent said, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await PostAsync(client, said, TimeProvider.System.GetUtcNow(), cancellationToken);
            return answer.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Sends a webhook signed at the given time.</summary>
    public static Task<HttpResponseMessage> PostAsync(HttpClient client, HrEvent said, DateTimeOffset signedAt, CancellationToken cancellationToken)
    {
        var body = said.ToBody();
        var request = new HttpRequestMessage(HttpMethod.Post, "intake/hr") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(StandardWebhooks.IdHeader, said.Id);
        request.Headers.Add(StandardWebhooks.TimestampHeader, signedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(StandardWebhooks.SignatureHeader, StandardWebhooks.Sign(said.Id, signedAt, body, SigningKey));
        return client.SendAsync(request, cancellationToken);
    }

    /// <summary>All items of a list of the API.</summary>
    public static async Task<IReadOnlyList<JsonElement>> ListAsync(HttpClient client, string path, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative), cancellationToken));
        var root = document.RootElement.Clone();
        return [.. (root.ValueKind == JsonValueKind.Array ? root : root.GetProperty("items")).EnumerateArray()];
    }

    /// <summary>Returns when everybody these events speak of is active and nothing is under way for them.</summary>
    public static async Task SettleAsync(HttpClient client, IReadOnlyCollection<HrEvent> sent, CancellationToken cancellationToken)
    {
        var names = sent.Select(said => said.Person.UserName).ToHashSet(StringComparer.Ordinal);
        while (!names.IsSubsetOf((await ListAsync(client, "identities?top=1000", cancellationToken))
            .Where(i => RegistryView.IsIdle(i) && RegistryView.IsActive(i)).Select(RegistryView.UserNameOf)))
        {
            await Task.Delay(BetweenPolls, TimeProvider.System, cancellationToken);
        }
    }
}
