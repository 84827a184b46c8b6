using Azure.Core;
using Azure.Core.Pipeline;

namespace ServerlessSync.Storage.Tables.Client;

/// <summary>So many tries on the wire at a time. Waiting for a turn does not count against the time a try may take.</summary>
sealed class ParallelPolicy(int most) : HttpPipelinePolicy, IDisposable
{
    readonly SemaphoreSlim _turns = new(most);

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        await _turns.WaitAsync(message.CancellationToken);
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        finally
        {
            _turns.Release();
        }
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("Requests are sent asynchronously.");

    public void Dispose() => _turns.Dispose();
}
