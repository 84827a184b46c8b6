using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ServerlessSync.TestKit.Servers;

/// <summary>A server run as a child process for as long as a test needs it. The kernel kills it when the test process dies.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    const int KeptLines = 200;
    const string SetPriv = "/usr/bin/setpriv";
    const int SigTerm = 15;
    const int SigCont = 18;
    const int SigStop = 19;

    static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(2);
    static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(5);

    readonly Process _process;
    readonly Queue<string> _output = new();
    readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    ServerProcess(ServerCommand command)
    {
        _process = new Process { StartInfo = StartInfo(command), EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) =>
        {
            Keep(e.Data);
            if (e.Data is not null && command.IsReady(e.Data))
            {
                _ready.TrySetResult(e.Data);
            }
        };
        _process.ErrorDataReceived += (_, e) => Keep(e.Data);
        _process.Exited += async (_, _) =>
        {
            // Its last lines may be on their way still; a child that outlives it could keep them open for ever.
            await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(LongestFarewell, TimeProvider.System));
            _exited.TrySetResult();
        };
    }

    /// <summary>The operating system's number of the process.</summary>
    public int Id => _process.Id;

    /// <summary>The line that said it was ready.</summary>
    public string ReadyLine { get; private set; } = "";

    /// <summary>The last lines it wrote, each on a line of its own.</summary>
    public string RecentOutput => OutputText();

    /// <summary>True while it runs.</summary>
    public bool IsRunning => !_exited.Task.IsCompleted;

    /// <summary>What it ended with.</summary>
    /// <exception cref="InvalidOperationException">It still runs.</exception>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts the server and returns when it is ready; throws with its output when it ends or stays silent.</summary>
    public static async Task<ServerProcess> StartAsync(ServerCommand command, CancellationToken cancellationToken)
    {
        var server = new ServerProcess(command);
        try
        {
            await ProcessStarter.RunAsync(server.Launch);
            var first = await Task.WhenAny(server._ready.Task, server._exited.Task)
                .WaitAsync(command.StartLimit, TimeProvider.System, cancellationToken);
            server.ReadyLine = first == server._ready.Task
                ? await server._ready.Task
                : throw new InvalidOperationException($"{command.FileName} ended before it was ready:{server.OutputText()}");
            return server;
        }
        catch (TimeoutException e)
        {
            await server.DisposeAsync();
            throw new InvalidOperationException($"{command.FileName} was not ready in {command.StartLimit}:{server.OutputText()}", e);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns when it has ended by itself.</summary>
    public Task WaitForExitAsync(CancellationToken cancellationToken) => _exited.Task.WaitAsync(cancellationToken);

    /// <summary>Kills it and all it started, at once, and returns when it is gone.</summary>
    public async Task KillAsync()
    {
        if (IsRunning)
        {
            _process.Kill(entireProcessTree: true);
            await _exited.Task;
        }
    }

    /// <summary>
    /// Lets it hang: it keeps its files and connections and does nothing, until it is resumed or killed. Returns when its last thread has
    /// stopped, which one inside a system call does only after that. Linux only.
    /// </summary>
    public async Task PauseAsync(CancellationToken cancellationToken)
    {
        Signal(SigStop);
        while (!Directory.GetDirectories($"/proc/{Id}/task").All(IsStopped))
        {
            await Task.Delay(BetweenLooks, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Lets a paused one go on.</summary>
    public void Resume() => Signal(SigCont);

    /// <summary>Asks it to end, waits for that, and kills it when it does not.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        if (!IsRunning)
        {
            return;
        }

        if (OperatingSystem.IsWindows() || SendSignal(_process.Id, SigTerm) != 0)
        {
            await KillAsync();
            return;
        }

        try
        {
            await _exited.Task.WaitAsync(limit, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            await KillAsync();
        }
    }

    /// <summary>Stops the server if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.FromSeconds(5));
        _process.Dispose();
    }

    static ProcessStartInfo StartInfo(ServerCommand command)
    {
        var watched = File.Exists(SetPriv);
        var info = new ProcessStartInfo(watched ? SetPriv : command.FileName)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = command.WorkingDirectory ?? "",
        };
        IEnumerable<string> arguments = watched ? ["--pdeathsig", "KILL", "--", command.FileName, .. command.Arguments] : command.Arguments;
        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in command.Environment)
        {
            info.Environment[name] = value;
        }

        return info;
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SendSignal(int process, int signal);

    /// <summary>The state stands behind the name, which is in brackets and may hold anything.</summary>
    static bool IsStopped(string thread)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(thread, "stat"));
            return stat.AsSpan(stat.LastIndexOf(')') + 1).TrimStart() is ['T' or 't', ..];
        }
        catch (IOException)
        {
            // It has ended since the folder was read.
            return false;
        }
    }

    void Signal(int signal)
    {
        if (SendSignal(_process.Id, signal) != 0)
        {
            throw new InvalidOperationException($"process {_process.Id} did not take signal {signal}");
        }
    }

    void Launch()
    {
        try
        {
            _process.Start();
        }
        catch
        {
            // There is nothing to wait for at disposal.
            _exited.TrySetResult();
            throw;
        }

        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    void Keep(string? line)
    {
        lock (_output)
        {
            if (line is not null)
            {
                _output.Enqueue(line);
            }

            if (_output.Count > KeptLines)
            {
                _output.Dequeue();
            }
        }
    }

    string OutputText()
    {
        lock (_output)
        {
            return Environment.NewLine + string.Join(Environment.NewLine, _output);
        }
    }
}
