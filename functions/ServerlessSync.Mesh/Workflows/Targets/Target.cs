using ServerlessSync.Connectors;
using ServerlessSync.Connectors.Limits;
using ServerlessSync.Mesh.Configuration;

namespace ServerlessSync.Mesh.Workflows.Targets;

/// <summary>A target with the connector that reaches it and the gate before it.</summary>
public sealed class Target(TargetConfiguration configuration, IConnector connector, ConnectorGate gate, TimeProvider clock, TimeSpan attemptLimit)
{
    /// <summary>As configured.</summary>
    public TargetConfiguration Configuration => configuration;

    /// <summary>Its name.</summary>
    public string Name => configuration.Name;

    /// <summary>What it can hold, and how it marks what is ours.</summary>
    public ConnectorDescription Description { get; } = connector.Describe();

    /// <summary>Its accounts, or null when it has none to manage.</summary>
    public IAccountConnector? Accounts => connector as IAccountConnector;

    /// <summary>Its rights, or null.</summary>
    public IGrantConnector? Grants => connector as IGrantConnector;

    /// <summary>Its credentials, or null when it does not tell them.</summary>
    public ICredentialConnector? Credentials => connector as ICredentialConnector;

    /// <summary>What changed in it, or null when it does not tell.</summary>
    public IChangeFeed? Changes => connector as IChangeFeed;

    /// <summary>Its sessions, or null.</summary>
    public ISessionConnector? Sessions => connector as ISessionConnector;

    /// <summary>
    /// Makes one call through the gate within the time limit of an attempt, not counting what its requests wait for their turns. A call that does not answer
    /// in time is given up, even if it ignores its cancellation, and its outcome is unknown.
    /// </summary>
    public async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        return await gate.RunAsync(
            async token =>
            {
                var answer = call(token);
                if (await IsInTimeAsync(answer, token))
                {
                    await limited.CancelAsync();
                    return await answer;
                }

                await limited.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
                _ = answer.ContinueWith(
                    late => _ = late.Exception,
                    CancellationToken.None,
                    TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default);
                throw new ConnectorException(Name, FailureKind.OutcomeUnknown, $"{Name} did not answer within {attemptLimit.TotalSeconds:0.#} s");
            },
            limited.Token);
    }

    async Task<bool> IsInTimeAsync(Task answer, CancellationToken cancellationToken)
    {
        var (left, waited) = (attemptLimit, TimeSpan.Zero);
        while (left > TimeSpan.Zero && !cancellationToken.IsCancellationRequested)
        {
            if (await Task.WhenAny(answer, Task.Delay(left, clock, cancellationToken)) == answer)
            {
                return true;
            }

            var now = ConnectorGate.WaitedByCall;
            (left, waited) = (now - waited, now);
        }

        return false;
    }
}
