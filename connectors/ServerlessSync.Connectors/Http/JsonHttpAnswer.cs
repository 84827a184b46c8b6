using System.Net;
using System.Text.Json;

namespace ServerlessSync.Connectors.Http;

/// <summary>The answer to a call.</summary>
/// <param name="Status">Its status: 2xx or one the request expected.</param>
/// <param name="Body">Its body, or null when it has none or none was wanted.</param>
public sealed record JsonHttpAnswer(HttpStatusCode Status, JsonElement? Body);
