using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace ServerlessSync.Storage.Sqlite;

/// <summary>
/// Binds to the SQLite of the operating system, which gets its security fixes from there; no native library is shipped.
/// </summary>
static class SqliteLibrary
{
    static readonly Lock Gate = new();
    static bool _loaded;

    /// <summary>Loads the library once per process.</summary>
    /// <exception cref="StoreException">This machine has no SQLite library.</exception>
    public static void Load()
    {
        lock (Gate)
        {
            if (_loaded)
            {
                return;
            }

            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
            try
            {
                raw.SetProvider(new SQLite3Provider_e_sqlite3());
            }
            catch (DllNotFoundException e)
            {
                throw new StoreException(StoreFailure.Unavailable, $"The SQLite library '{SystemName}' is missing; on Debian install libsqlite3-0.", e);
            }

            _loaded = true;
        }
    }

    static string SystemName =>
        OperatingSystem.IsWindows() ? "winsqlite3.dll" : OperatingSystem.IsMacOS() ? "libsqlite3.dylib" : "libsqlite3.so.0";

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == "e_sqlite3" && NativeLibrary.TryLoad(SystemName, out var handle) ? handle : 0;
}
