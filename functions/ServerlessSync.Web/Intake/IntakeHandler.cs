using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Web.Http;

namespace ServerlessSync.Web.Intake;

/// <summary>
/// Takes in signed webhooks: 202 once every event of the request is durably in the inbox, and nothing stored otherwise. Signature headers
/// and time are checked before the body is read, the signature before the body is parsed.
/// </summary>
public sealed partial class IntakeHandler
{
    static readonly byte[] OneAccepted = Answer(1, 0);
    static readonly byte[] OneDuplicate = Answer(0, 1);

    readonly FrozenDictionary<string, IntakeSource> _sources;
    readonly IEventInbox _inbox;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly LogSampler _sampler;
    readonly LogSampler _storeFailures;

    /// <summary>Prepares every source of kind webhook.</summary>
    /// <param name="configuration">The sources.</param>
    /// <param name="secrets">Resolves a signing key; null when there is none.</param>
    /// <param name="inbox">Where events are recorded.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <exception cref="FormatException">A secret is no webhook secret, or a required attribute is not mapped; the message says which.</exception>
    public IntakeHandler(
        MeshConfiguration configuration,
        Func<SecretReference, string?> secrets,
        IEventInbox inbox,
        TimeProvider time,
        ILogger<IntakeHandler> logger)
    {
        _sources = configuration.Sources.Values
            .Where(source => source.Kind == "webhook")
            .ToFrozenDictionary(source => source.Name, source => IntakeSource.Make(source, secrets));
        _inbox = inbox;
        _time = time;
        _logger = logger;
        _sampler = new(Enum.GetValues<RefusalReason>().Length, time);
        _storeFailures = new(1, time);
        Counters = new(_sources.Keys);
        foreach (var source in _sources.Values.Where(source => source.Keys.Count == 0))
        {
            LogNoKey(logger, source.Configuration.Name);
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

        var received = await ReceiveAsync(context.Request, source, cancellationToken);
        if (received.Refusal is { } refusal)
        {
            await RefuseAsync(context, source, sourceName, refusal);
            return;
        }

        int accepted;
        try
        {
            accepted = CountNew(await _inbox.AcceptAsync(received.Events, cancellationToken));
        }
        catch (StoreException e)
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

    // The pooled body and the document over it end here, before the wait for the inbox.
    async ValueTask<Received> ReceiveAsync(HttpRequest request, IntakeSource source, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (!WebhookSignature.TryRead(request.Headers, out var signature))
        {
            return Refusal.NotSigned;
        }

        if (!signature.IsFresh(now, source.Configuration.Tolerance))
        {
            return Refusal.Stale;
        }

        if (JsonBody.CheckHeaders(request) is { } unsupported)
        {
            return Refusal.UnsupportedMediaType(unsupported);
        }

        using var body = new RequestBody(_time);
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
