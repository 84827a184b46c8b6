using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Mesh.Tests.Storage;

public sealed class MemoryMeshStoresTests : MeshStoresConformance
{
    protected override Task<IRowStore> OpenAsync() => Task.FromResult<IRowStore>(new MemoryRowStore());
}
