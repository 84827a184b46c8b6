using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace ServerlessSync.Storage.Sqlite;

/// <summary>Tells a process from every other one of its machine, also from a later one with the same id.</summary>
public static class ProcessIdentity
{
    /// <summary>This process as the owner of a history.</summary>
    public static HistoryOwner Current() =>
        new(Environment.MachineName, Environment.ProcessId, StartOf(Environment.ProcessId) ?? 0);

    /// <summary>Whether the owner ran on this machine and runs no more. False whenever that cannot be known.</summary>
    internal static bool IsDead(HistoryOwner owner, string machine) =>
        string.Equals(owner.Machine, machine, StringComparison.Ordinal) && StartOf(owner.ProcessId) is var start && start != owner.ProcessStart;

    /// <summary>When the process began, in its system's own ticks; null when there is none, or none but a corpse not yet buried.</summary>
    static long? StartOf(int processId) => OperatingSystem.IsLinux() ? StartOnLinux(processId) : StartElsewhere(processId);

    static long? StartOnLinux(int processId)
    {
        try
        {
            // proc(5): the name, in parentheses, may hold anything; after it come the state (field 3) and, as field 22, the start time.
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static long? StartElsewhere(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.StartTime.ToUniversalTime().Ticks;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            return null;
        }
    }
}
