using System.Globalization;
using System.Text;

namespace ServerlessSync.Web.Http;

/// <summary>Text of strangers, made fit for one line of a log: short, printable ASCII, everything else as its code.</summary>
static class LogText
{
    const int MaxChars = 100;

    public static string Escape(string? text)
    {
        if (text is null)
        {
            return "";
        }

        var result = new StringBuilder(Math.Min(text.Length, MaxChars) + 8);
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxChars)))
        {
            _ = c is >= ' ' and <= '~' and not '\\'
                ? result.Append(c)
                : result.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return text.Length > MaxChars ? result.Append("...").ToString() : result.ToString();
    }
}
