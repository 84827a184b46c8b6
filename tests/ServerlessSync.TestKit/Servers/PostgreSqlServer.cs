using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace ServerlessSync.TestKit.Servers;

/// <summary>
/// A real PostgreSQL cluster of its own: made in a temp folder, listening on a free port of 127.0.0.1, gone with its folder when disposed.
/// It also ends when the process that started it dies, however it dies.
/// </summary>
/// <remarks>Throws when the server is not installed: a test that needs it fails and is never skipped.</remarks>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    // The shell holds the read end of our pipe: when we die it reads the end of the file, stops the server at once and removes the
    // folder; a line asks for the stop alone. The signal is repeated, since a server just being started ignores it. Should the
    // shell be killed itself, the kernel signals the server (pdeathsig). The shell, not we, is the parent, because the kernel looks at the
    // parent's thread, and threads of a pool come and go.
    const string WatchScript = """
        log=$1; shift
        "$@" >>"$log" 2>&1 </dev/null &
        server=$!
        ( read -r _ || : >"$log.orphaned"; while kill -QUIT $server; do sleep 0.05; done ) <&3 2>/dev/null &
        reader=$!
        wait $server
        kill $reader 2>/dev/null
        if [ -e "$log.orphaned" ]; then rm -rf "${log%/*}"; fi
        """;

    static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    readonly PostgreSqlInstallation _installation;
    readonly string _folder;
    Process? _shell;

    PostgreSqlServer(PostgreSqlInstallation installation, string folder)
    {
        _installation = installation;
        _folder = folder;
    }

    /// <summary>The superuser's name.</summary>
    public string AdminUser => "admin";

    /// <summary>The superuser's password, made for this cluster.</summary>
    public string AdminPassword { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    /// <summary>Where it listens; the same after <see cref="StartAgainAsync"/>.</summary>
    public int Port { get; private set; }

    /// <summary>How to reach it as the superuser, without the password.</summary>
    public string ConnectionString => FormattableString.Invariant($"Host=127.0.0.1;Port={Port};Database=postgres;Username={AdminUser}");

    /// <summary>How to reach it as the superuser, with the password. Connections are not pooled.</summary>
    public string AdminConnectionString => $"{ConnectionString};Password={AdminPassword};Pooling=false;Application Name=testkit";

    /// <summary>The server's process id, or null when it does not run.</summary>
    public int? ProcessId => File.Exists(PidFile) ? int.Parse(File.ReadLines(PidFile).First(), CultureInfo.InvariantCulture) : null;

    string LogFile => Path.Combine(_folder, "server.log");

    string Data => Path.Combine(_folder, "data");

    string PidFile => Path.Combine(Data, "postmaster.pid");

    /// <summary>Makes a cluster and waits until it answers.</summary>
    public static async Task<PostgreSqlServer> StartAsync(CancellationToken cancellationToken)
    {
        var installation = PostgreSqlInstallation.Find();
        var server = new PostgreSqlServer(installation, Directory.CreateTempSubdirectory("serverlesssync-postgresql-").FullName);
        try
        {
            var passwordFile = Path.Combine(server._folder, "password");
            await File.WriteAllTextAsync(passwordFile, server.AdminPassword, cancellationToken);
            await installation.GiveAwayAsync(server._folder, cancellationToken);
            await installation.RunAsync(
                "initdb",
                ["-D", server.Data, "-A", "scram-sha-256", $"--pwfile={passwordFile}", "-U", server.AdminUser, "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"],
                cancellationToken);
            await server.StartOnFreePortAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a connection as the superuser.</summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(AdminConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    /// <summary>Runs SQL as the superuser and answers the first value, or null.</summary>
    public async Task<object?> ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The fixture runs whatever SQL its test writes.
        command.CommandText = sql;
#pragma warning restore CA2100
        var value = await command.ExecuteScalarAsync(cancellationToken);
        return value is DBNull ? null : value;
    }

    /// <summary>Makes roles that cannot log in, to be granted.</summary>
    public async Task CreateGroupRolesAsync(IEnumerable<string> names, CancellationToken cancellationToken) =>
        await ExecuteAsync(string.Concat(names.Select(n => $"CREATE ROLE \"{n.Replace("\"", "\"\"", StringComparison.Ordinal)}\" NOLOGIN;")), cancellationToken);

    /// <summary>Every DDL statement run since the cluster was made, by anyone, in the order of the log, but those that failed.</summary>
    public IReadOnlyList<string> ReadDdl() => [.. ReadTimedDdl().Select(s => s.Text)];

    /// <summary>The same with the time of each.</summary>
    public IReadOnlyList<TimedStatement> ReadTimedDdl() => PostgreSqlLog.Statements(File.ReadAllText(LogFile));

    /// <summary>Stops the server at once as a crash would: sessions are cut, nothing is written, the next start recovers from the log.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        if (_shell is { } shell)
        {
            try
            {
                await shell.StandardInput.WriteLineAsync("stop".AsMemory(), cancellationToken);
                await shell.StandardInput.FlushAsync(cancellationToken);
            }
            catch (IOException)
            {
                // The server has ended by itself, and the shell with it.
            }

            await shell.WaitForExitAsync(cancellationToken);
            shell.Dispose();
            _shell = null;
        }
    }

    /// <summary>Starts the server again on the same data and port.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        Launch();
        if (!await AnswersAsync(cancellationToken))
        {
            throw new InvalidOperationException($"PostgreSQL did not start again:\n{File.ReadAllText(LogFile)}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync(CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    async Task StartOnFreePortAsync(CancellationToken cancellationToken)
    {
        // Between our look and the server's bind another process may take the port.
        for (var attempt = 0; attempt < 5; attempt++)
        {
            Port = FreePort.Find();
            Launch();
            if (await AnswersAsync(cancellationToken))
            {
                return;
            }

            await KillAsync(cancellationToken);
        }

        throw new InvalidOperationException($"PostgreSQL did not start:\n{File.ReadAllText(LogFile)}");
    }

    void Launch()
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = "/" };
        string[] settings =
        [
            "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "log_statement=ddl", "logging_collector=off",
            $"log_line_prefix={PostgreSqlLog.Prefix}", "max_connections=200", "autovacuum=off",
        ];
        // Descriptor 3 carries our pipe past the redirections of the script.
        string[] words = ["-c", $"exec 3<&0\n{WatchScript}", "postgresql", LogFile, .. _installation.Command("postgres", endsWithParent: true),
            "-D", Data, "-p", Port.ToString(CultureInfo.InvariantCulture), .. settings.SelectMany(s => new[] { "-c", s })];
        foreach (var word in words)
        {
            start.ArgumentList.Add(word);
        }

        _shell = Process.Start(start) ?? throw new InvalidOperationException("No shell was started.");
    }

    async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (_shell is { HasExited: false } && TimeProvider.System.GetElapsedTime(started) < LongestStart)
        {
            try
            {
                await using var connection = await OpenAsync(cancellationToken);
                // Another cluster that took the port would not know our password; this one does.
                return true;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
            }
        }

        return false;
    }
}
