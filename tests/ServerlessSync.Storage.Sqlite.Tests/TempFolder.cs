namespace ServerlessSync.Storage.Sqlite.Tests;

/// <summary>A folder of its own for one test, gone after it.</summary>
sealed class TempFolder : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("serverlesssync-");

    public string File => Path.Combine(_folder.FullName, "mesh.db");

    public SqliteDatabase Open() => SqliteDatabase.Open(new(File));

    public void Dispose() => _folder.Delete(recursive: true);
}
