using System.Reflection;
using ServerlessSync.Web;

namespace ServerlessSync.Architecture;

/// <summary>The names the code gives to what a deployment makes: the constants of ServerlessSync.Web, by list.</summary>
sealed record CodeNames
{
    public IReadOnlyList<string> ApiRoles { get; init; } = Of(typeof(RoleNames));

    public IReadOnlyList<string> AzureRoles { get; init; } = Of(typeof(AzureRoleNames));

    public IReadOnlyList<string> ConnectionParts { get; init; } = Of(typeof(ConnectionPartNames));

    public IReadOnlyList<string> Metrics { get; init; } = Of(typeof(MetricNames));

    public IReadOnlyList<string> Queues { get; init; } = Of(typeof(QueueNames));

    public IReadOnlyList<string> Routes { get; init; } = Of(typeof(RouteNames));

    public IReadOnlyList<string> Settings { get; init; } = Of(typeof(SettingNames));

    public IReadOnlyList<string> Tables { get; init; } = Of(typeof(StoreTableNames));

    public IReadOnlyList<string> TaskHubs { get; init; } = Of(typeof(TaskHubNames));

    /// <summary>All of them.</summary>
    public IEnumerable<string> All => [.. ApiRoles, .. AzureRoles, .. ConnectionParts, .. Metrics, .. Queues, .. Routes, .. Settings, .. Tables, .. TaskHubs];

    static string[] Of(Type list) =>
        [.. list.GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)];
}
