using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Web.Http;

namespace ServerlessSync.Web.Intake;

/// <summary>
/// Takes in signed webhooks: 202 once every event of the request is durably in the inbox, and nothing stored otherwise. Signature headers
/// and time are checked before the body is read, the signature before the body is parsed. What finds no room is answered 503, whatever it holds.
/// </summary>
public sealed partial class IntakeHandler
{
    static readonly byte[] OneAccepted = Answer(1, 0);
    static readonly byte[] OneDuplicate = Answer(0, 1);

    readonly FrozenDictionary<string, IntakeSource> _sources;
    readonly Occupancy _occupancy;
    readonly IEventInbox _inbox;
    readonly TimeSpan _inboxWait;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly LogSampler _sampler;
    readonly LogSampler _storeFailures;

    /// <summary>Prepares every source of kind webhook.</summary>
    /// <param name="ports">The sources, what resolves their signing keys, the inbox, the limits, the clock and the log.</param>
    /// <exception cref="FormatException">A secret is no webhook secret, or a required attribute is not mapped; the message says which.</exception>
    public IntakeHandler(WebPorts ports)
    {
        _sources = ports.Configuration.Sources.Values
            .Where(source => source.Kind == "webhook")
            .ToFrozenDictionary(source => source.Name, source => IntakeSource.Make(source, ports.Secrets));
        _occupancy = new(ports.Limits.Webhooks, ports.Limits.WebhookBytes);
        _inbox = ports.Inbox;
        _inboxWait = ports.Limits.InboxWait;
        _time = ports.Time;
        _logger = ports.Loggers.CreateLogger<IntakeHandler>();
        _sampler = new(Enum.GetValues<RefusalReason>().Length, _time);
        _storeFailures = new(1, _time);
        Counters = new(_sources.Keys);
        foreach (var source in _sources.Values.Where(source => source.Keys.Count == 0))
        {
            LogNoKey(_logger, source.Configuration.Name);
        }
    }

    /// <summary>What became of webhooks since the start.</summary>
    public IntakeCounters Counters { get; }

    /// <summary>Answers one webhook.</summary>
    /// <param name="context">The request.</param>
    /// <param name="sourceName">The source named in the path.</param>
    /// <param name="cancellationToken">Ends when the sender has gone.</param>
    public async Task HandleAsync(HttpContext context, string sourceName, CancellationToken cancellationToken)
    {
        if (!_sources.TryGetValue(sourceName, out var source))
        {
            await RefuseAsync(context, null, sourceName, Refusal.UnknownSource);
            return;
        }

        var (received, place) = await ReceiveAsync(context.Request, source, cancellationToken);
        if (received.Refusal is { } refusal)
        {
            await RefuseAsync(context, source, sourceName, refusal);
            return;
        }

        int accepted;
        try
        {
            accepted = CountNew(await RecordAsync(received.Events, place!, cancellationToken).WaitAsync(_inboxWait, _time, cancellationToken));
        }
        catch (Exception e) when (e is StoreException or TimeoutException)
        {
            if (_storeFailures.Admits(0))
            {
                LogStoreFailed(_logger, sourceName, e);
            }

            await RefuseAsync(context, source, sourceName, Refusal.StoreUnavailable);
            return;
        }

        var duplicates = received.Events.Count - accepted + received.Repeated;
        Counters.CountAccepted(sourceName, accepted, duplicates);
        await AcceptAsync(context.Response, accepted, duplicates, cancellationToken);
    }

    // The place is held until the inbox has really ended, also when nobody waits for it any more: what is inside stays bounded.
    async Task<IReadOnlyList<bool>> RecordAsync(IReadOnlyList<ChangeEvent> events, Occupancy.Place place, CancellationToken cancellationToken)
    {
        using (place)
        {
            return await _inbox.AcceptAsync(events, cancellationToken);
        }
    }

    static int CountNew(IReadOnlyList<bool> isNew)
    {
        var count = 0;
        for (var i = 0; i < isNew.Count; i++)
        {
            count += isNew[i] ? 1 : 0;
        }

        return count;
    }

    static Task AcceptAsync(HttpResponse response, int accepted, int duplicates, CancellationToken cancellationToken)
    {
        var bytes = (accepted, duplicates) switch
        {
            (1, 0) => OneAccepted,
            (0, 1) => OneDuplicate,
            _ => Answer(accepted, duplicates),
        };
        response.StatusCode = StatusCodes.Status202Accepted;
        response.ContentType = "application/json";
        response.ContentLength = bytes.Length;
        return response.Body.WriteAsync(bytes, cancellationToken).AsTask();
    }

    static byte[] Answer(int accepted, int duplicates) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"accepted":{{accepted}},"duplicates":{{duplicates}}}"""));

    async ValueTask<(Received Received, Occupancy.Place? Place)> ReceiveAsync(HttpRequest request, IntakeSource source, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (!WebhookSignature.TryRead(request.Headers, out var signature))
        {
            return (Refusal.NotSigned, null);
        }

        if (!signature.IsFresh(now, source.Configuration.Tolerance))
        {
            return (Refusal.Stale, null);
        }

        if (JsonBody.CheckHeaders(request) is { } unsupported)
        {
            return (Refusal.UnsupportedMediaType(unsupported), null);
        }

        if (!_inbox.HasRoom)
        {
            return (Refusal.Backlog, null);
        }

        if (_occupancy.TryEnter() is not { } place)
        {
            return (Refusal.Full, null);
        }

        Received received = Refusal.Full;
        try
        {
            received = await ReadAsync(request, source, signature, now, place, cancellationToken);
            return (received, place);
        }
        finally
        {
            if (received.Refusal is not null)
            {
                place.Dispose();
            }
        }
    }

    // The pooled body and the document over it end here, before the wait for the inbox.
    async ValueTask<Received> ReadAsync(
        HttpRequest request, IntakeSource source, WebhookSignature signature, DateTimeOffset now, Occupancy.Place place, CancellationToken cancellationToken)
    {
        using var body = new RequestBody(_time, place);
        signature.PrefixTo(body);
        var result = await body.ReadAsync(request, cancellationToken);
        if (result != BodyResult.Complete)
        {
            return Refusal.Body(result);
        }

        if (!signature.Fits(source.Keys, body.Whole))
        {
            return Refusal.BadSignature;
        }

        using var document = JsonBody.Parse(body.Content, out var reason);
        return document is null
            ? Refusal.Malformed(reason!)
            : source.Reader.Read(document.RootElement, new Delivery(signature.Id, signature.SentAt, now));
    }

    Task RefuseAsync(HttpContext context, IntakeSource? source, string sourceName, Refusal refusal)
    {
        var total = Counters.CountRefused(source?.Configuration.Name, refusal.Reason);
        if (_sampler.Admits((int)refusal.Reason))
        {
            var id = context.Request.Headers[StandardWebhooks.IdHeader];
            LogRefused(_logger, LogText.Escape(sourceName), refusal.Reason, LogText.Escape(id.ToString()), total);
        }

        return refusal.Problem.WriteAsync(context);
    }
}
