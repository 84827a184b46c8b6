namespace ServerlessSync.Benchmarks;

/// <summary>A folder for one benchmark's files, beside the program and so on a real disk; gone at the end.</summary>
sealed class Scratch : IDisposable
{
    readonly DirectoryInfo _folder;

    public Scratch(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "scratch", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}-{Environment.ProcessId}"));
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        _folder = Directory.CreateDirectory(path);
    }

    public string File(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
