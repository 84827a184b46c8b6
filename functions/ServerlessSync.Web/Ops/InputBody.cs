using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.Web.Http;

namespace ServerlessSync.Web.Ops;

/// <summary>The JSON an operator sends along: an input, or an event's payload. No body at all is no value.</summary>
sealed class InputBody : IDisposable
{
    readonly RequestBody _body;
    JsonDocument? _document;

    InputBody(RequestBody body) => _body = body;

    /// <summary>Why it is not acceptable, or null.</summary>
    public Problem? Problem { get; private set; }

    /// <summary>The value; valid until this is disposed.</summary>
    public JsonElement Value => _document?.RootElement ?? default;

    /// <summary>The value as JSON text, or null.</summary>
    public string? Text => _document?.RootElement.GetRawText();

    public static async Task<InputBody> ReadAsync(HttpRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        var input = new InputBody(new RequestBody(time));
        try
        {
            input.Problem = await input.FillAsync(request, cancellationToken);
            return input;
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _document?.Dispose();
        _body.Dispose();
    }

    async Task<Problem?> FillAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.Headers.ContentEncoding.Count > 0)
        {
            return JsonBody.CheckHeaders(request);
        }

        var result = await _body.ReadAsync(request, cancellationToken);
        if (result != BodyResult.Complete)
        {
            return RequestBody.ProblemOf(result);
        }

        if (_body.Content.IsEmpty && request.ContentType is null)
        {
            return null;
        }

        // The Durable Functions API answers 400 here, not 415.
        if (!JsonBody.IsJson(request.ContentType))
        {
            return Problem.BadRequest("Content-Type must be application/json, in UTF-8.");
        }

        if (_body.Content.Length > WorkflowLimits.PayloadBytes)
        {
            return Problem.BadRequest(string.Create(CultureInfo.InvariantCulture, $"An input or a payload holds at most {WorkflowLimits.PayloadBytes} bytes."));
        }

        _document = _body.Content.IsEmpty ? null : JsonBody.Parse(_body.Content, out var reason) ?? throw new QueryException(reason!);
        return null;
    }
}
