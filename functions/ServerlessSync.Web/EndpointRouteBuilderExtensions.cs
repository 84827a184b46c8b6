using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using ServerlessSync.Web.Http;

namespace ServerlessSync.Web;

/// <summary>Puts the mesh's endpoints into a host.</summary>
public static class EndpointRouteBuilderExtensions
{
    /// <summary>Maps every endpoint.</summary>
    /// <param name="endpoints">The host's routes.</param>
    /// <param name="web">What is mapped.</param>
    public static IEndpointRouteBuilder MapServerlessSync(this IEndpointRouteBuilder endpoints, ServerlessSyncWeb web)
    {
        foreach (var endpoint in web.Endpoints)
        {
            endpoints.MapMethods(endpoint.Pattern, [endpoint.Method], endpoint.Handler).WithDisplayName(endpoint.Name);
        }

        return endpoints;
    }

    /// <summary>Answers what no endpoint answers, such as unknown paths and methods, with problem+json too. Comes before routing.</summary>
    /// <param name="app">The host's pipeline.</param>
    public static IApplicationBuilder UseServerlessSyncProblems(this IApplicationBuilder app) =>
        app.UseStatusCodePages(pages =>
        {
            var status = pages.HttpContext.Response.StatusCode;
            var title = ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase : "Error";
            return new Problem(status, status == StatusCodes.Status404NotFound ? "not-found" : "http", title).WriteAsync(pages.HttpContext);
        });
}
