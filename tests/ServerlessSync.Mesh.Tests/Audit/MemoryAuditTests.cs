using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Mesh.Tests.Audit;

public sealed class MemoryAuditTests : AuditConformance
{
    protected override int Histories => 200;

    protected override Task<IRowStore> OpenAsync() => Task.FromResult<IRowStore>(new MemoryRowStore());
}
