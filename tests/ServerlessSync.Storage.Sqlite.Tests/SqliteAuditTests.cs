using ServerlessSync.Mesh.Storage;
using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Storage.Sqlite.Tests;

public sealed class SqliteAuditTests : AuditConformance
{
    readonly List<OpenedStore> _opened = [];

    protected override int Histories => 5;

    public override async Task DisposeAsync()
    {
        foreach (var store in _opened)
        {
            await store.DisposeAsync();
        }
    }

    protected override Task<IRowStore> OpenAsync()
    {
        _opened.Add(OpenedStore.Open());
        return Task.FromResult(_opened[^1].Rows);
    }
}
