using System.Globalization;
using System.Text;

namespace ServerlessSync.Mesh.Model;

/// <summary>
/// The one rule for names people sign in or are addressed by (userName, mail), after the UsernameCaseMapped profile of RFC 8265: width is mapped,
/// case is mapped for comparison, and only texts that have one spelling are taken. docs/decisions/0008 says what and why.
/// </summary>
public static class SignInName
{
    /// <summary>Most characters of a name.</summary>
    public const int MaxChars = 256;

    const char FirstWide = '\uFF01';
    const char LastWide = '\uFF5E';
    const int WideOffset = FirstWide - '!';

    /// <summary>The name as it is recorded: wide forms of ASCII as ASCII, everything else, case too, as it was given.</summary>
    public static string Prepare(string text) => Map(text, static c => c is >= FirstWide and <= LastWide ? (char)(c - WideOffset) : c);

    /// <summary>What two names are compared by: the prepared name in lower case, a final sigma like any other. Defined for every text, taken or not.</summary>
    public static string KeyOf(string text) => Map(Prepare(text).ToLowerInvariant(), static c => c == '\u03C2' ? '\u03C3' : c);

    /// <summary>Whether two texts are the same name; nothing is the same name as nothing.</summary>
    public static bool Same(string? one, string? other) => one is null || other is null ? one == other : KeyOf(one) == KeyOf(other);

    /// <summary>Whether two texts are the same name on a target.</summary>
    /// <param name="one">One.</param>
    /// <param name="other">The other.</param>
    /// <param name="exact">Whether the target tells names apart that differ in case alone.</param>
    public static bool Same(string? one, string? other, bool exact) => exact ? string.Equals(one, other, StringComparison.Ordinal) : Same(one, other);

    /// <summary>What is wrong with a text as a name, for people and without repeating it; null when it is one.</summary>
    public static string? FaultOf(string text)
    {
        if (text.Length is 0 or > MaxChars)
        {
            return string.Create(CultureInfo.InvariantCulture, $"must have 1 to {MaxChars} characters");
        }

        var part = SignInScript.None;
        foreach (var rune in Prepare(text).EnumerateRunes())
        {
            if (!SignInScripts.TryFind(rune, out var script))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"must not hold U+{rune.Value:X4}: a name is made of printable ASCII without blanks, and of letters that have one form (composed, without combining marks)");
            }

            if (script != SignInScript.None && part != SignInScript.None && script != part)
            {
                return "must not mix letters of different scripts in one part";
            }

            part = script != SignInScript.None ? script : Rune.IsDigit(rune) ? part : SignInScript.None;
        }

        return null;
    }

    static string Map(string text, Func<char, char> map) => string.Create(text.Length, (text, map), static (span, state) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = state.map(state.text[i]);
        }
    });
}
