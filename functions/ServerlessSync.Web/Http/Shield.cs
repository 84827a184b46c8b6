using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessSync.Mesh.Storage;
using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Web.Http;

/// <summary>Turns whatever an endpoint throws into problem+json that says nothing of what is inside.</summary>
sealed partial class Shield(ILogger<Shield> logger, TimeProvider time)
{
    static readonly TimeSpan RetryStore = TimeSpan.FromSeconds(5);

    static readonly Problem Internal = new(StatusCodes.Status500InternalServerError, "internal", "Internal error") { WithTrace = true };

    readonly LogSampler _sampler = new(2, time);

    public RequestDelegate Around(string endpoint, RequestDelegate next) => context => RunAsync(context, endpoint, next);

    async Task RunAsync(HttpContext context, string endpoint, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to answer.
            context.Abort();
        }
#pragma warning disable CA1031 // The last place before the server: every failure must become an answer.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await ProblemOf(endpoint, e).WriteAsync(context);
        }
    }

    Problem ProblemOf(string endpoint, Exception exception)
    {
        switch (exception)
        {
            case QueryException:
                return Problem.BadRequest(exception.Message);
            case BadHttpRequestException bad:
                return new(bad.StatusCode, "bad-request", "Bad request");
            case EngineOverloadedException overloaded:
                return Problem.Unavailable(overloaded.RetryAfter);
            case StoreException:
                if (_sampler.Admits(0))
                {
                    LogStoreFailed(logger, endpoint, exception);
                }

                return Problem.Unavailable(RetryStore);
            default:
                if (_sampler.Admits(1))
                {
                    LogFailed(logger, endpoint, exception);
                }

                return Internal;
        }
    }
}
