using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessSync.Web.Http;

namespace ServerlessSync.Web.Access;

/// <summary>Lets a request through to the API when its key is known and carries the role.</summary>
public sealed partial class ApiGate
{
    static readonly Problem NoApi = new(
        StatusCodes.Status503ServiceUnavailable, "no-api", "No API", "No API key is configured, so there is no API.");

    static readonly Problem NoCaller = new(StatusCodes.Status401Unauthorized, "unauthorized", "Unauthorized");

    readonly ApiKeyring _keys;
    readonly ILogger _logger;
    readonly LogSampler _sampler;
    long _unauthorized;
    long _forbidden;

    /// <summary>Makes a gate.</summary>
    /// <param name="keys">The keys that open it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public ApiGate(ApiKeyring keys, TimeProvider time, ILogger<ApiGate> logger)
    {
        _keys = keys;
        _logger = logger;
        _sampler = new(2, time);
        if (keys.IsEmpty)
        {
            LogNoApi(logger);
        }
    }

    /// <summary>Calls without a valid key since the start.</summary>
    public long Unauthorized => Interlocked.Read(ref _unauthorized);

    /// <summary>Calls refused for want of a role since the start.</summary>
    public long Forbidden => Interlocked.Read(ref _forbidden);

    /// <summary>The caller, or null after the refusal has been answered.</summary>
    /// <param name="context">The request.</param>
    /// <param name="role">The role it needs.</param>
    public async ValueTask<ApiCaller?> AdmitAsync(HttpContext context, string role)
    {
        if (_keys.IsEmpty)
        {
            await NoApi.WriteAsync(context);
            return null;
        }

        var headers = context.Request.Headers.Authorization;
        if (headers.Count != 1 || _keys.Find(headers[0]) is not { } caller)
        {
            await RefuseCallerAsync(context);
            return null;
        }

        if (!caller.Roles.Contains(role))
        {
            await RefuseRoleAsync(context, caller, role);
            return null;
        }

        return caller;
    }

    Task RefuseCallerAsync(HttpContext context)
    {
        var total = Interlocked.Increment(ref _unauthorized);
        if (_sampler.Admits(0))
        {
            LogNoCaller(_logger, LogText.Escape(context.Request.Method), LogText.Escape(context.Request.Path), total);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return NoCaller.WriteAsync(context);
    }

    Task RefuseRoleAsync(HttpContext context, ApiCaller caller, string role)
    {
        Interlocked.Increment(ref _forbidden);
        if (_sampler.Admits(1))
        {
            LogNoRole(_logger, caller.Name, role, LogText.Escape(context.Request.Method), LogText.Escape(context.Request.Path));
        }

        return Problem.Forbidden($"This needs the role '{role}'.").WriteAsync(context);
    }
}
