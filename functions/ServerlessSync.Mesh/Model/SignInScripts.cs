using System.Text;

namespace ServerlessSync.Mesh.Model;

/// <summary>Which letters may stand together in a part of a name.</summary>
enum SignInScript
{
    /// <summary>ASCII digits and punctuation: beside letters of any script.</summary>
    None,

    /// <summary>Latin.</summary>
    Latin,

    /// <summary>Greek.</summary>
    Greek,

    /// <summary>Cyrillic.</summary>
    Cyrillic,

    /// <summary>Armenian.</summary>
    Armenian,

    /// <summary>Hebrew.</summary>
    Hebrew,

    /// <summary>Arabic.</summary>
    Arabic,

    /// <summary>Georgian.</summary>
    Georgian,

    /// <summary>Han, Kana and Hangul, which are written together.</summary>
    EastAsian,
}

/// <summary>
/// The letters a name may hold: of scripts that are written without combining marks, and only those with one form (unchanged by every Unicode
/// normalization, and in lower case one letter). So what is taken is in NFC by construction, on every platform, and no library is asked.
/// </summary>
static class SignInScripts
{
    // In order, without overlap. The gaps within a script are letters with another form, such as ligatures and the long s.
    static readonly (char First, char Last, SignInScript Script)[] Ranges =
    [
        ('!', '@', SignInScript.None), ('A', 'Z', SignInScript.Latin), ('[', '`', SignInScript.None), ('a', 'z', SignInScript.Latin), ('{', '~', SignInScript.None),
        ('\u00C0', '\u00D6', SignInScript.Latin), ('\u00D8', '\u00F6', SignInScript.Latin), ('\u00F8', '\u012F', SignInScript.Latin),
        ('\u0131', '\u0131', SignInScript.Latin), ('\u0134', '\u013E', SignInScript.Latin), ('\u0141', '\u0148', SignInScript.Latin),
        ('\u014A', '\u017E', SignInScript.Latin), ('\u0180', '\u01BF', SignInScript.Latin), ('\u01CD', '\u01EF', SignInScript.Latin),
        ('\u01F4', '\u024F', SignInScript.Latin),
        ('\u0386', '\u0386', SignInScript.Greek), ('\u0388', '\u038A', SignInScript.Greek), ('\u038C', '\u038C', SignInScript.Greek),
        ('\u038E', '\u03A1', SignInScript.Greek), ('\u03A3', '\u03CE', SignInScript.Greek),
        ('\u0400', '\u0481', SignInScript.Cyrillic), ('\u048A', '\u052F', SignInScript.Cyrillic),
        ('\u0531', '\u0556', SignInScript.Armenian), ('\u0561', '\u0586', SignInScript.Armenian),
        ('\u05D0', '\u05EA', SignInScript.Hebrew),
        ('\u0620', '\u063F', SignInScript.Arabic), ('\u0641', '\u064A', SignInScript.Arabic), ('\u066E', '\u066F', SignInScript.Arabic),
        ('\u0671', '\u0674', SignInScript.Arabic), ('\u0679', '\u06D3', SignInScript.Arabic),
        ('\u10D0', '\u10FA', SignInScript.Georgian), ('\u1C90', '\u1CBA', SignInScript.Georgian),
        ('\u1E00', '\u1E99', SignInScript.Latin), ('\u1E9E', '\u1EFF', SignInScript.Latin),
        ('\u3041', '\u3096', SignInScript.EastAsian), ('\u30A1', '\u30FA', SignInScript.EastAsian), ('\u30FC', '\u30FC', SignInScript.EastAsian),
        ('\u3400', '\u4DBF', SignInScript.EastAsian), ('\u4E00', '\u9FFF', SignInScript.EastAsian), ('\uAC00', '\uD7A3', SignInScript.EastAsian),
    ];

    /// <summary>The script of a character a name may hold; false when it may not.</summary>
    public static bool TryFind(Rune rune, out SignInScript script)
    {
        foreach (var (first, last, its) in Ranges)
        {
            if (rune.Value >= first && rune.Value <= last)
            {
                script = its;
                return true;
            }
        }

        script = SignInScript.None;
        return false;
    }
}
