using System.Globalization;

namespace ServerlessSync.TestKit;

/// <summary>Takes the time of the parts of a long test, for a line to show.</summary>
public sealed class LapTimes(string title)
{
    readonly List<string> _parts = [];
    long _began = TimeProvider.System.GetTimestamp();

    /// <summary>Ends a part; the next begins.</summary>
    public void Lap(string part)
    {
        var seconds = TimeProvider.System.GetElapsedTime(_began).TotalSeconds;
        _parts.Add(string.Create(CultureInfo.InvariantCulture, $"{part} {seconds:0.00} s"));
        _began = TimeProvider.System.GetTimestamp();
    }

    /// <summary>Shows the parts in one line.</summary>
    public void Show() => Progress.Show($"{title}: {string.Join(", ", _parts)}");
}
