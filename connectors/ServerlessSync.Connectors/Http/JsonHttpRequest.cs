using System.Net;
using System.Text.Json.Nodes;

namespace ServerlessSync.Connectors.Http;

/// <summary>One call to a target.</summary>
/// <param name="Method">The HTTP method; all but GET are writes.</param>
/// <param name="Path">The address below the base address, with its query, already escaped.</param>
public sealed record JsonHttpRequest(HttpMethod Method, string Path)
{
    /// <summary>The body, or null for none.</summary>
    public JsonNode? Body { get; init; }

    /// <summary>Statuses other than 2xx that the caller understands; they come back as an answer without a body.</summary>
    public IReadOnlyList<HttpStatusCode> Expected { get; init; } = [];

    /// <summary>False when the caller has no use for the answer's body.</summary>
    /// <value>True.</value>
    public bool WantsBody { get; init; } = true;

    /// <summary>The largest answer taken, in bytes, where it differs from <see cref="JsonHttpOptions.LargestAnswer"/>.</summary>
    public int? LargestAnswer { get; init; }

    /// <summary>True when the call may change the target.</summary>
    public bool IsWrite => Method != HttpMethod.Get;
}
