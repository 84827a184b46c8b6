using Microsoft.AspNetCore.Http;

namespace ServerlessSync.Web;

/// <summary>One endpoint, complete with its gate and its answer to failures; it reads its route values from the request.</summary>
/// <param name="Name">Its name, unique.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Pattern">The route, of <see cref="RouteNames"/>.</param>
/// <param name="Role">The role a key needs; null when no key is asked for.</param>
/// <param name="Handler">What answers.</param>
public sealed record WebEndpoint(string Name, string Method, string Pattern, string? Role, RequestDelegate Handler);
