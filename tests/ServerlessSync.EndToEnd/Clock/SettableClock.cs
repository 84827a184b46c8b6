using System.Globalization;

namespace ServerlessSync.EndToEnd.Clock;

/// <summary>A wall clock that is wrong for one process and can be set while it runs, by libfaketime; its monotonic clock stays true.</summary>
sealed class SettableClock : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("serverlesssync-clock-").FullName;

    /// <param name="offset">How far it is ahead of the true time.</param>
    public SettableClock(TimeSpan offset) => Set(offset);

    /// <summary>What the clock shows.</summary>
    public DateTimeOffset Now => TimeProvider.System.GetUtcNow() + Offset;

    /// <summary>The words that start a program under this clock. The loader replaces $LIB by the system's folder of libraries.</summary>
    public IReadOnlyList<string> Launcher =>
    [
        "env",
        "LD_PRELOAD=/usr/$LIB/faketime/libfaketimeMT.so.1",
        "FAKETIME_TIMESTAMP_FILE=" + OffsetPath,
        "FAKETIME_NO_CACHE=1",
        "DONT_FAKE_MONOTONIC=1",
    ];

    TimeSpan Offset { get; set; }

    string OffsetPath => Path.Combine(_folder, "offset");

    /// <summary>Sets the clock at once, whatever the process is doing.</summary>
    /// <param name="offset">How far it is ahead of the true time.</param>
    public void Set(TimeSpan offset)
    {
        Offset = offset;
        var written = OffsetPath + ".new";
        File.WriteAllText(written, offset.TotalSeconds.ToString("+0;-0", CultureInfo.InvariantCulture) + "\n");

        // The process reads the file each time it looks at the clock: it must never find half of it.
        File.Move(written, OffsetPath, overwrite: true);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
