using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ServerlessSync.Storage.Sqlite;

/// <summary>Files of a store on the disk: for their owner alone, and durable when they are said to be.</summary>
static class StoreFile
{
    const int ReadOnly = 0;

    /// <summary>Makes an empty file, with its folder, that only its owner may read. SQLite gives the log beside it the same mode.</summary>
    /// <exception cref="IOException">It exists or cannot be made.</exception>
    public static FileStream Create(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, create);
    }

    /// <summary>Gives a finished file its name, durably; a file that has the name already stays.</summary>
    /// <exception cref="IOException">The name is taken, or the disk does not take it.</exception>
    public static void Publish(string partial, string path)
    {
        using (var file = File.OpenHandle(partial, FileMode.Open, FileAccess.ReadWrite))
        {
            RandomAccess.FlushToDisk(file);
        }

        File.Move(partial, path, overwrite: false);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>A new name is durable when its folder is; Windows writes folders through.</summary>
    static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var handle = Open(folder, ReadOnly);
        if (handle.IsInvalid || Flush(handle) != 0)
        {
            throw new IOException($"'{folder}' cannot be flushed to disk: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern SafeFileHandle Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int Flush(SafeFileHandle file);
}
