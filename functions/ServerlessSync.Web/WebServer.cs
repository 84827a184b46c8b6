using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace ServerlessSync.Web;

/// <summary>Kestrel with what the mesh needs and nothing else, for hosts that bring no server of their own.</summary>
public static class WebServer
{
    /// <summary>Begins one.</summary>
    /// <param name="urls">Address to listen on.</param>
    /// <param name="limits">The limits.</param>
    public static WebApplicationBuilder NewBuilder(string urls, WebLimits limits)
    {
        // Empty: settings come from mesh.yaml, and the usual builder would watch the folder, and so every write to the store beneath it.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseUrls(urls);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.UseServerlessSyncLimits(limits));
        return builder;
    }

    /// <summary>Gives it the mesh's endpoints, and problem+json for everything else.</summary>
    /// <param name="app">The server.</param>
    /// <param name="web">What is served.</param>
    public static void ServeServerlessSync(this WebApplication app, ServerlessSyncWeb web)
    {
        app.UseServerlessSyncProblems();
        app.UseRouting();
        app.MapServerlessSync(web);
    }
}
