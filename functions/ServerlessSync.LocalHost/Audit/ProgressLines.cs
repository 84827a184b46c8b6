using System.Globalization;

namespace ServerlessSync.LocalHost;

/// <summary>Says on a line from time to time how far a long command has come.</summary>
sealed class ProgressLines(TextWriter output, string what, TimeProvider clock) : IProgress<long>
{
    static readonly TimeSpan Between = TimeSpan.FromSeconds(2);
    long _last = clock.GetTimestamp();

    /// <inheritdoc/>
    public void Report(long value)
    {
        if (clock.GetElapsedTime(_last) >= Between)
        {
            _last = clock.GetTimestamp();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"audit: {value} {what} so far"));
        }
    }
}
