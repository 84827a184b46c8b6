using System.Text;

namespace ServerlessSync.Connectors.PostgreSql;

/// <summary>Which names may be sent to the server, and how names and texts are written into a statement that takes no parameters.</summary>
static class RoleName
{
    /// <summary>PostgreSQL's NAMEDATALEN less the closing zero: longer names would be cut silently.</summary>
    public const int LongestBytes = 63;

    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Why this cannot be the name of an account or of a role to be granted, or null when it can.</summary>
    public static string? Problem(string name) => SpellingProblem(name) ?? ReservedProblem(name);

    /// <summary>Why no role can have this name, or null when one can.</summary>
    public static string? SpellingProblem(string name)
    {
        if (name.Length == 0)
        {
            return "The role name is empty.";
        }

        return TextProblem(name, "role name") ?? (Utf8.GetByteCount(name) > LongestBytes
            ? FormattableString.Invariant($"The role name is longer than {LongestBytes} bytes of UTF-8.")
            : null);
    }

    /// <summary>Why this cannot be sent as text, or null when it can.</summary>
    public static string? TextProblem(string text, string what)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return $"The {what} holds a NUL character.";
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i])))
            {
                return $"The {what} is not well-formed Unicode.";
            }
        }

        return null;
    }

    /// <summary>The name as a quoted identifier.</summary>
    public static string Identifier(string name) => string.Concat("\"", name.Replace("\"", "\"\"", StringComparison.Ordinal), "\"");

    /// <summary>The text as a literal that means the same under either setting of standard_conforming_strings.</summary>
    public static string Literal(string text)
    {
        var quoted = text.Replace("'", "''", StringComparison.Ordinal);
        return quoted.Contains('\\', StringComparison.Ordinal)
            ? string.Concat("E'", quoted.Replace("\\", "\\\\", StringComparison.Ordinal), "'")
            : string.Concat("'", quoted, "'");
    }

    static string? ReservedProblem(string name)
    {
        if (name.StartsWith("pg_", StringComparison.Ordinal))
        {
            return "Role names that begin with pg_ belong to the server.";
        }

        return name is "public" or "none" ? $"The role name {name} is reserved." : null;
    }
}
