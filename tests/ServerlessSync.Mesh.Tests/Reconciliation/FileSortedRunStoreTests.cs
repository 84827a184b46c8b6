using ServerlessSync.Hosting;
using ServerlessSync.Mesh.Reconciliation;
using ServerlessSync.TestKit.Conformance;

namespace ServerlessSync.Mesh.Tests.Reconciliation;

public sealed class FileSortedRunStoreTests : SortedRunStoreConformance
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("serverlesssync-runs");

    public override Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    protected override Task<ISortedRunStore> OpenAsync() => Task.FromResult(Reopen());

    protected override ISortedRunStore Reopen() => new FileSortedRunStore(_folder.FullName);

    protected override Task<int> LeftAsync() => Task.FromResult(_folder.GetFiles("*", SearchOption.AllDirectories).Length);

    protected override Task DamageAsync(string side, string run, int chunk)
    {
        var file = _folder.GetFiles("run-" + run, SearchOption.AllDirectories).Single();
        var bytes = File.ReadAllBytes(file.FullName);
        bytes[(chunk * 50) + 3] ^= 4;
        File.WriteAllBytes(file.FullName, bytes);
        return Task.CompletedTask;
    }
}
