using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace ServerlessSync.TestKit.Servers;

/// <summary>
/// The SCIM server of infra/local on a free port, logging each write and its effects. It keeps everything in memory: after
/// <see cref="RestartAsync"/> its users, their memberships and all ids are gone, its groups and the users it was started with are there anew,
/// its log goes on.
/// </summary>
public sealed class ScimServer : IAsyncDisposable
{
    const string Listening = "listening ";

    static readonly JsonSerializerOptions LogJson = new(JsonSerializerDefaults.Web);

    readonly string _folder = Directory.CreateTempSubdirectory("serverlesssync-scim-").FullName;
    readonly IReadOnlyList<string> _groups;
    readonly TimeSpan _answerDelay;
    readonly int? _onPage;
    ServerProcess? _process;

    ScimServer(IReadOnlyList<string> groups, TimeSpan answerDelay, int? onPage = null)
    {
        _groups = groups;
        _answerDelay = answerDelay;
        _onPage = onPage;
        Token = "scim-" + Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));
    }

    /// <summary>The address of the service; the same after a restart.</summary>
    public Uri BaseUrl => new($"http://127.0.0.1:{Port}/scim/v2");

    /// <summary>The port it listens on.</summary>
    public int Port { get; private set; }

    /// <summary>The bearer token it accepts.</summary>
    public string Token { get; }

    /// <summary>The file with one JSON line per write request.</summary>
    public string LogPath => Path.Combine(_folder, "writes.jsonl");

    string UsersPath => Path.Combine(_folder, "users.jsonl");

    string HoldPath => Path.Combine(_folder, "hold");

    /// <summary>Starts a server that has these groups.</summary>
    /// <param name="groups">The displayNames of its groups.</param>
    /// <param name="answerDelay">How long the answer to each write is held back after its effect.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    public static Task<ScimServer> StartAsync(IReadOnlyList<string> groups, TimeSpan answerDelay, CancellationToken cancellationToken) =>
        StartAsync(new ScimServer(groups, answerDelay), [], cancellationToken);

    /// <summary>Starts a server that has these groups and answers at once.</summary>
    public static Task<ScimServer> StartAsync(params string[] groups) => StartAsync(groups, TimeSpan.Zero, CancellationToken.None);

    /// <summary>Starts a server that has these groups and accounts, under the ids of <see cref="SeedAccount.Id"/>, and answers at once.</summary>
    /// <param name="groups">The displayNames of its groups.</param>
    /// <param name="accounts">Its accounts.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <param name="onPage">How many resources it gives at once, at most; null for 200.</param>
    public static Task<ScimServer> StartAsync(
        IReadOnlyList<string> groups, IEnumerable<SeedAccount> accounts, CancellationToken cancellationToken, int? onPage = null) =>
        StartAsync(new ScimServer(groups, TimeSpan.Zero, onPage), accounts, cancellationToken);

    /// <summary>A client with the token set, to look at the service without any code of the product.</summary>
    public HttpClient NativeClient()
    {
        var client = new HttpClient(new SocketsHttpHandler(), disposeHandler: true) { BaseAddress = new Uri(BaseUrl.AbsoluteUri + "/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return client;
    }

    /// <summary>Every effect so far, in order; a write request without an effect is there as <c>none</c>.</summary>
    public IReadOnlyList<ScimEffect> ReadEffects()
    {
        var log = File.Exists(LogPath) ? File.ReadAllText(LogPath) : "";
        // The server may be in the middle of its newest line.
        return [.. log[..(log.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).SelectMany(Effects)];
    }

    /// <summary>Keeps back the answer to each write from an effect on, until <see cref="ReleaseAnswers"/>.</summary>
    /// <param name="effect">Number of the effect since the server's start, counted from 1; <c>none</c> does not count.</param>
    public void HoldAnswers(int effect)
    {
        var whole = HoldPath + ".new";
        File.WriteAllText(whole, effect.ToString(CultureInfo.InvariantCulture));
        File.Move(whole, HoldPath, overwrite: true);
    }

    /// <summary>Lets every answer go that was kept back.</summary>
    public void ReleaseAnswers() => File.Delete(HoldPath);

    /// <summary>Kills the server at once.</summary>
    public Task KillAsync() => _process?.KillAsync() ?? Task.CompletedTask;

    /// <summary>Starts the server, anew if it runs, on the port it had.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        string[] arguments =
        [
            Path.Combine(NodeModules.Folder, "scim", "server.js"),
            "--port", Port.ToString(CultureInfo.InvariantCulture),
            "--groups", string.Join(',', _groups),
            "--users", UsersPath,
            "--log", LogPath,
            "--delay-writes-ms", _answerDelay.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
            "--hold", HoldPath,
            .. _onPage is { } most ? ["--on-page", most.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>(),
        ];
        var command = new ServerCommand("node", arguments, line => line.StartsWith(Listening, StringComparison.Ordinal))
        {
            WorkingDirectory = _folder,
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["SCIM_TOKEN"] = Token },
        };
        _process = await ServerProcess.StartAsync(command, cancellationToken);
        Port = int.Parse(_process.ReadyLine[Listening.Length..], CultureInfo.InvariantCulture);
    }

    /// <summary>Stops the server and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    static async Task<ScimServer> StartAsync(ScimServer server, IEnumerable<SeedAccount> accounts, CancellationToken cancellationToken)
    {
        try
        {
            await NodeModules.EnsureAsync(cancellationToken);
            await File.WriteAllLinesAsync(server.UsersPath, accounts.Select(a => a.ScimUser()), cancellationToken);
            await server.RestartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    static IEnumerable<ScimEffect> Effects(string line)
    {
        var request = JsonSerializer.Deserialize<LoggedRequest>(line, LogJson)!;
        IReadOnlyList<LoggedEffect> effects = request.Effects.Count > 0 ? request.Effects : [new LoggedEffect("none", null, null, null)];
        return effects.Select(e => new ScimEffect(
            request.Time, request.Method, request.Path, request.Status, e.Effect, e.User, e.UserName, e.Group));
    }

    sealed record LoggedRequest(DateTimeOffset Time, string Method, string Path, int Status, IReadOnlyList<LoggedEffect> Effects);

    sealed record LoggedEffect(string Effect, string? User, string? UserName, string? Group);
}
