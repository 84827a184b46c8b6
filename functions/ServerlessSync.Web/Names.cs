namespace ServerlessSync.Web;

/// <summary>Routes of everything spoken over HTTP.</summary>
public static class RouteNames
{
    /// <summary>Signed webhooks of one source.</summary>
    public const string Intake = "/intake/{source}";

    /// <summary>Answers ok while the process serves.</summary>
    public const string Health = "/healthz";

    /// <summary>Where the Durable Functions HTTP API lies.</summary>
    public const string Durable = "/runtime/webhooks/durabletask";

    /// <summary>Starts a run under an id the mesh makes.</summary>
    public const string Start = Durable + "/orchestrators/{name}";

    /// <summary>Starts a run under a given id.</summary>
    public const string StartWithId = Start + "/{instanceId}";

    /// <summary>Runs, page by page.</summary>
    public const string Instances = Durable + "/instances";

    /// <summary>One run.</summary>
    public const string Instance = Instances + "/{instanceId}";

    /// <summary>Sends an event to a run.</summary>
    public const string RaiseEvent = Instance + "/raiseEvent/{eventName}";

    /// <summary>Asks a run to stop and compensate, or stops it hard.</summary>
    public const string Terminate = Instance + "/terminate";

    /// <summary>Lets a run take no further turn.</summary>
    public const string Suspend = Instance + "/suspend";

    /// <summary>Lets a suspended run go on.</summary>
    public const string Resume = Instance + "/resume";

    /// <summary>Identities, page by page.</summary>
    public const string Identities = "/identities";

    /// <summary>One identity.</summary>
    public const string Identity = Identities + "/{id}";

    /// <summary>Exceptions, page by page.</summary>
    public const string Exceptions = "/exceptions";

    /// <summary>Carries the event of an exception out anew.</summary>
    public const string Replay = Exceptions + "/replay";
}

/// <summary>Names of the values in <see cref="RouteNames"/> that a path carries.</summary>
public static class RouteValueNames
{
    /// <summary>Name of the source.</summary>
    public const string Source = "source";

    /// <summary>Name of the workflow.</summary>
    public const string Workflow = "name";

    /// <summary>Id of the run.</summary>
    public const string InstanceId = "instanceId";

    /// <summary>Name of the event.</summary>
    public const string EventName = "eventName";

    /// <summary>Id of the identity.</summary>
    public const string Id = "id";
}

/// <summary>What a key of the API may do.</summary>
public static class RoleNames
{
    /// <summary>Reads.</summary>
    public const string Viewer = "viewer";

    /// <summary>Starts, steers and stops runs, and replays refused events.</summary>
    public const string Operator = "operator";

    /// <summary>Approves what policy leaves to a person.</summary>
    public const string Approver = "approver";
}

/// <summary>Settings a host reads from its environment, beside those mesh.yaml names.</summary>
public static class SettingNames
{
    /// <summary>The account of Azure Table storage: its https endpoint or a connection string.</summary>
    public const string Tables = "SERVERLESSSYNC_TABLES";
}
