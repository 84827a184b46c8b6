using ServerlessSync.Mesh.Workflows.Engine;

namespace ServerlessSync.Storage.Sqlite.Tests;

static class Sample
{
    public static WorkflowInstance Run(string id) => new()
    {
        InstanceId = id,
        Name = "joiner",
        Version = "1",
        Status = WorkflowStatus.Running,
        CreatedAt = DateTimeOffset.UnixEpoch,
        LastUpdatedAt = DateTimeOffset.UnixEpoch,
    };
}
