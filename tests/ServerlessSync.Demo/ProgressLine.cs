namespace ServerlessSync.Demo;

/// <summary>Where the play has got to: one line that changes on a terminal, a line now and then elsewhere.</summary>
sealed class ProgressLine(TextWriter output, bool terminal, TimeProvider time)
{
    static readonly TimeSpan Often = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan Seldom = TimeSpan.FromSeconds(2);

    long _last;
    string _text = "";
    bool _open;

    /// <summary>Shows a state, when it is time for one.</summary>
    public void Show(string text)
    {
        if (text == _text || (_last != 0 && time.GetElapsedTime(_last) < (terminal ? Often : Seldom)))
        {
            return;
        }

        output.Write(terminal ? $"\r{text.PadRight(_text.Length)}" : text + Environment.NewLine);
        _last = time.GetTimestamp();
        _text = text;
        _open = terminal;
    }

    /// <summary>Writes a line that stays.</summary>
    public void Say(string line)
    {
        output.WriteLine(_open ? Environment.NewLine + line : line);
        _open = false;
    }
}
