using ServerlessSync.Mesh.Configuration;
using ServerlessSync.Mesh.Storage;

namespace ServerlessSync.Web;

/// <summary>What a key of the API may do.</summary>
public static class RoleNames
{
    /// <inheritdoc cref="ApiRoles.Viewer"/>
    public const string Viewer = ApiRoles.Viewer;

    /// <inheritdoc cref="ApiRoles.Operator"/>
    public const string Operator = ApiRoles.Operator;

    /// <inheritdoc cref="ApiRoles.Approver"/>
    public const string Approver = ApiRoles.Approver;
}

/// <summary>Tables a deployment makes, those of the store contracts.</summary>
public static class StoreTableNames
{
    /// <inheritdoc cref="TableNames.Accounts"/>
    public const string Accounts = TableNames.Accounts;

    /// <inheritdoc cref="TableNames.Checkpoints"/>
    public const string Checkpoints = TableNames.Checkpoints;

    /// <inheritdoc cref="TableNames.Claims"/>
    public const string Claims = TableNames.Claims;

    /// <inheritdoc cref="TableNames.Drifts"/>
    public const string Drifts = TableNames.Drifts;

    /// <inheritdoc cref="TableNames.Exceptions"/>
    public const string Exceptions = TableNames.Exceptions;

    /// <inheritdoc cref="TableNames.Identities"/>
    public const string Identities = TableNames.Identities;

    /// <inheritdoc cref="TableNames.Inbox"/>
    public const string Inbox = TableNames.Inbox;

    /// <inheritdoc cref="TableNames.Lanes"/>
    public const string Lanes = TableNames.Lanes;

    /// <inheritdoc cref="TableNames.Reconciliations"/>
    public const string Reconciliations = TableNames.Reconciliations;

    /// <inheritdoc cref="TableNames.References"/>
    public const string References = TableNames.References;

    /// <inheritdoc cref="TableNames.SortedRuns"/>
    public const string SortedRuns = TableNames.SortedRuns;
}

/// <summary>Queues of Service Bus. A message carries keys of what is recorded, never the only copy.</summary>
public static class QueueNames
{
    /// <summary>Recorded events on their way into a lane; session: source and subject; message id: hash of source and event id.</summary>
    public const string ChangeEvents = "change-events";

    /// <summary>Drift to be mended; session: identity; message id: hash of identity, target and opening number.</summary>
    public const string DriftRemediation = "drift-remediation";

    /// <summary>Events of Key Vault as Event Grid delivers them; session: the object they are about; message id: Event Grid's own, the same when it delivers again.</summary>
    public const string KeyVaultEvents = "key-vault-events";
}

/// <summary>What follows the name of a queue to mean a part of it.</summary>
public static class SubQueueNames
{
    /// <summary>Messages that were put aside
    /// (<see href="https://learn.microsoft.com/azure/service-bus-messaging/service-bus-dead-letter-queues#path-to-the-dead-letter-queue"/>).</summary>
    public const string DeadLetters = "/$deadletterqueue";
}

/// <summary>The store Durable Functions keeps its runs in.</summary>
public static class TaskHubNames
{
    /// <summary>The one of the mesh.</summary>
    public const string Mesh = "ServerlessSync";
}

/// <summary>
/// Settings a host reads from its environment, beside those mesh.yaml names. A connection is the beginning of several settings:
/// <c>__credential</c>, <c>__clientId</c> and the address follow it
/// (<see href="https://learn.microsoft.com/azure/azure-functions/functions-reference#configure-an-identity-based-connection"/>).
/// </summary>
public static class SettingNames
{
    /// <summary>The account of Azure Table storage: its https endpoint or a connection string.</summary>
    public const string Tables = "SERVERLESSSYNC_TABLES";

    /// <summary>Path of mesh.yaml in the app's folder.</summary>
    public const string Configuration = "SERVERLESSSYNC_CONFIG";

    /// <summary>The audit anchor: address of a blob container, or a folder on a developer's machine.</summary>
    public const string AuditAnchor = "SERVERLESSSYNC_AUDIT_ANCHOR";

    /// <summary>The key that signs audit checkpoints: its address in Key Vault; empty where the anchor is a folder, which then holds it.</summary>
    public const string AuditKey = "SERVERLESSSYNC_AUDIT_KEY";

    /// <summary>Connection to Service Bus.</summary>
    public const string ServiceBus = "SERVERLESSSYNC_SERVICEBUS";

    /// <summary>Connection of the Functions host, and of Durable Functions, to their storage account.</summary>
    public const string HostStorage = "AzureWebJobsStorage";

    /// <summary>The language worker; on a developer's machine alone, Azure knows it from the app.</summary>
    public const string WorkerRuntime = "FUNCTIONS_WORKER_RUNTIME";

    /// <summary>Begins settings that replace values of host.json.</summary>
    public const string HostOverride = "AzureFunctionsJobHost";

    /// <summary>Which identity the app signs in with where it was not told otherwise.</summary>
    public const string ClientId = "AZURE_CLIENT_ID";

    /// <summary>Where logs and metrics are sent.</summary>
    public const string ApplicationInsights = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    /// <summary>How the app signs in there.</summary>
    public const string ApplicationInsightsSignIn = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    /// <summary>Connection to the Durable Task Scheduler, where one keeps the runs.</summary>
    public const string Scheduler = "DURABLE_TASK_SCHEDULER_CONNECTION_STRING";
}

/// <summary>What follows the name of a connection, after two underscores in the environment, where the app itself reads it.</summary>
public static class ConnectionPartNames
{
    /// <summary>Address of the namespace of Service Bus.</summary>
    public const string Namespace = "fullyQualifiedNamespace";
}

/// <summary>Roles of Azure that a deployment gives, to the identity of the app or to Event Grid.</summary>
public static class AzureRoleNames
{
    /// <summary>Takes messages.</summary>
    public const string ServiceBusReceiver = "Azure Service Bus Data Receiver";

    /// <summary>Sends messages.</summary>
    public const string ServiceBusSender = "Azure Service Bus Data Sender";

    /// <summary>Starts runs and carries them out.</summary>
    public const string DurableTask = "Durable Task Data Contributor";

    /// <summary>Signs with a key.</summary>
    public const string KeyUser = "Key Vault Crypto User";

    /// <summary>Reads secrets.</summary>
    public const string SecretsUser = "Key Vault Secrets User";

    /// <summary>Sends logs and metrics.</summary>
    public const string MetricsPublisher = "Monitoring Metrics Publisher";

    /// <summary>Reads and writes blobs.</summary>
    public const string BlobContributor = "Storage Blob Data Contributor";

    /// <summary>Does anything with blobs.</summary>
    public const string BlobOwner = "Storage Blob Data Owner";

    /// <summary>Reads and writes queues of storage.</summary>
    public const string QueueContributor = "Storage Queue Data Contributor";

    /// <summary>Reads and writes rows.</summary>
    public const string TableContributor = "Storage Table Data Contributor";
}

/// <summary>Metrics alerts are made on; each is reported every minute, also when it is 0.</summary>
public static class MetricNames
{
    /// <summary>Exceptions open past their deadline.</summary>
    public const string ExceptionsOverdue = "serverlesssync.exceptions.overdue";

    /// <summary>Age in seconds of the oldest termination that is not finished; 0 when none is.</summary>
    public const string LeaversAge = "serverlesssync.leavers.age";

    /// <summary>Seconds since a round of audit checkpoints last ended with everything anchored.</summary>
    public const string AnchorAge = "serverlesssync.anchor.age";
}
