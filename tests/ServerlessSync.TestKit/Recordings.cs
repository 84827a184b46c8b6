namespace ServerlessSync.TestKit;

/// <summary>Whether files that tests compare with are to be written: only on purpose, and never over one that is there.</summary>
public static class Recordings
{
    /// <summary>Whether RECORD=missing was asked for.</summary>
    public static bool AreWanted { get; } = string.Equals(RunSettings.Read("RECORD"), "missing", StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes a file that is not there yet, when asked for.</summary>
    public static void WriteMissing(string path, string content)
    {
        if (AreWanted && !File.Exists(path))
        {
            using var file = new StreamWriter(new FileStream(path, FileMode.CreateNew));
            file.Write(content);
        }
    }
}
