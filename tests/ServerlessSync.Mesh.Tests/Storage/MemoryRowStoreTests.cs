using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Mesh.Tests.Storage;

public sealed class MemoryRowStoreTests : RowScanConformance
{
    protected override Task<IRowStore> OpenAsync() => Task.FromResult<IRowStore>(new MemoryRowStore());
}
