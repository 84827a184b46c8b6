using System.Globalization;

namespace ServerlessSync.Demo;

/// <summary>What the command line asks for.</summary>
sealed record Options
{
    public const string Usage = "usage: ServerlessSync.Demo [serve [--play]] [--store sqlite|tables] [--stop scim|postgresql] [--deadline SECONDS]";

    /// <summary>Keep the world serving instead of playing it to its end.</summary>
    public bool Serve { get; init; }

    /// <summary>While serving, play the sample data too.</summary>
    public bool Play { get; init; }

    /// <summary>Where the mesh keeps all but its workflow history.</summary>
    public string Store { get; init; } = "sqlite";

    /// <summary>The kind of target to kill on the way, or null.</summary>
    public string? Stop { get; init; }

    /// <summary>How long after the last event everything must be done.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Reads the command line.</summary>
    /// <exception cref="FormatException">It asks for something there is not; the message says what.</exception>
    public static Options Parse(IReadOnlyList<string> arguments)
    {
        var options = new Options();
        for (var i = 0; i < arguments.Count; i++)
        {
            options = arguments[i] switch
            {
                "serve" => options with { Serve = true },
                "--play" => options with { Play = true },
                "--store" => options with { Store = OneOf(Value(arguments, ref i), "--store", "sqlite", "tables") },
                "--stop" => options with { Stop = OneOf(Value(arguments, ref i), "--stop", "scim", "postgresql") },
                "--deadline" => options with { Deadline = Seconds(Value(arguments, ref i)) },
                var other => throw new FormatException($"'{other}' is unknown; {Usage}"),
            };
        }

        return options switch
        {
            { Play: true, Serve: false } => throw new FormatException("--play belongs to 'serve'; without it the data is always played"),
            { Serve: true, Stop: not null } => throw new FormatException("--stop does not go with 'serve'"),
            _ => options,
        };
    }

    static string Value(IReadOnlyList<string> arguments, ref int i) =>
        ++i < arguments.Count ? arguments[i] : throw new FormatException($"{arguments[i - 1]} needs a value");

    static string OneOf(string value, string option, params string[] known) =>
        known.Contains(value) ? value : throw new FormatException($"{option} is '{value}'; there is {string.Join(" and ", known)}");

    static TimeSpan Seconds(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : throw new FormatException($"--deadline is '{text}'; whole seconds are expected");
}
