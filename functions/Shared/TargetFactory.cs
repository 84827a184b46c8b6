using ServerlessSync.Connectors;
using ServerlessSync.Connectors.Limits;
using ServerlessSync.Connectors.PostgreSql;
using ServerlessSync.Connectors.Scim;
using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Workflows.Targets;

namespace ServerlessSync.Hosting;

/// <summary>Makes the connectors mesh.yaml names. It owns them, their gates and the handler they share.</summary>
sealed class TargetFactory(MeshConfiguration configuration, TimeProvider clock) : IAsyncDisposable
{
    static readonly Dictionary<string, Type> Kinds = new() { ["postgresql"] = typeof(PostgreSqlConnector), ["scim"] = typeof(ScimConnector) };

    readonly HttpMessageHandler _handler = Connectors.Http.ConnectorHandlers.Create();
    readonly List<object> _owned = [];

    /// <summary>Whether connectors of a kind tell what changed.</summary>
    public static bool TellsChanges(string connector) => Kinds.TryGetValue(connector, out var kind) && kind.IsAssignableTo(typeof(IChangeFeed));

    /// <summary>Every target of the configuration.</summary>
    public TargetSet Make() => new([.. configuration.Targets.Values.Select(Make)]);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var owned in _owned)
        {
            await Disposal.OfAsync(owned);
        }

        _handler.Dispose();
    }

    Target Make(TargetConfiguration target)
    {
        var connector = MakeConnector(target);
        var gate = new ConnectorGate(
            target.Name,
            new GateLimits { RatePerSecond = target.Limit.RatePerSecond, Parallel = target.Limit.Parallel },
            clock);
        _owned.Add(connector);
        _owned.Add(gate);
        return new Target(target, connector, gate, clock, configuration.Deadlines.Attempt);
    }

    IConnector MakeConnector(TargetConfiguration target)
    {
        var url = new Uri(EnvironmentSecrets.Resolve(target.Url)!);
        ValueTask<string> Credential(CancellationToken cancellationToken) => new(EnvironmentSecrets.Find(target.Credential)!);
        return target.Connector switch
        {
            "scim" => new ScimConnector(
                new ScimOptions { Id = target.Name, BaseUrl = url, Token = Credential, RequestTimeout = configuration.Deadlines.Attempt }, _handler, clock),
            "postgresql" => new PostgreSqlConnector(
                new PostgreSqlOptions
                {
                    Id = target.Name,
                    ConnectionString = ConnectionString(url),
                    Password = Credential,
                    CommandTimeout = configuration.Deadlines.Attempt,
                    MaxConnections = target.Limit.Parallel,
                },
                clock),
            _ => throw new InvalidOperationException($"unknown connector '{target.Connector}'"),
        };
    }

    static string ConnectionString(Uri url) =>
        $"Host={url.Host};Port={(url.Port > 0 ? url.Port : 5432)};Database={Uri.UnescapeDataString(url.AbsolutePath[1..])};Username={Uri.UnescapeDataString(url.UserInfo)}";
}
