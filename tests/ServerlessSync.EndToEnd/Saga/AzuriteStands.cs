using ServerlessSync.Storage.Tables;
using ServerlessSync.TestKit.Servers;

namespace ServerlessSync.EndToEnd.Saga;

/// <summary>One Azurite and one folder for the tests of a class: rows in the one, history in the other.</summary>
public sealed class AzuriteStands : IAsyncLifetime
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mesh-tables-");
    AzuriteServer _server = null!;

    public async Task InitializeAsync() => _server = await AzuriteServer.StartAsync();

    /// <summary>Tables and a file nobody has used before.</summary>
    public (TablesOptions Tables, string Path) Next() =>
        (TablesOptions.FromConnectionString(_server.ConnectionString) with { TablePrefix = _server.NewPrefix(), RequestTimeout = TimeSpan.FromMinutes(1) },
            Path.Combine(_folder.FullName, Path.GetRandomFileName()));

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
