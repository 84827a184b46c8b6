using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Mesh.Tests.Reconciliation;

public sealed class RowSortedRunStoreTests : RowSortedRunConformance
{
    protected override Task<IRowStore> OpenRowsAsync() => Task.FromResult<IRowStore>(new MemoryRowStore());
}
