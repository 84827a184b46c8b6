namespace ServerlessSync.TestKit;

/// <summary>What a long test says of itself while it runs; <c>make test</c> shows the newest line from time to time.</summary>
public static class Progress
{
    static readonly Lock Gate = new();
    static readonly string? Target = RunSettings.Read("TEST_PROGRESS");

    /// <summary>Where the test has got to.</summary>
    public static void Say(string line) => Append(line);

    /// <summary>A figure worth showing when the assembly has ended.</summary>
    public static void Show(string text) => Append(string.Join('\n', text.Split('\n').Select(line => "show " + line)));

    static void Append(string text)
    {
        if (Target is null)
        {
            return;
        }

        lock (Gate)
        {
            File.AppendAllText(Target, text + "\n");
        }
    }
}
