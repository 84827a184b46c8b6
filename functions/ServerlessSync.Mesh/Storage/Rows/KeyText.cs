using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessSync.Mesh.Storage;

/// <summary>Turns any text into a key every store can hold.</summary>
public static class KeyText
{
    /// <summary>Most characters of a key that is not shortened.</summary>
    internal const int LongestPlain = 120;

    const char Escape = '_';
    const int EscapeChars = 5;

    /// <summary>
    /// A key for the text, injective and stable: letters, digits, '-', '.', '@' and blank stay, every other UTF-16 unit becomes _xxxx.
    /// A text over 120 characters keeps its first 60 and ends in its SHA-256.
    /// </summary>
    public static string Encode(string text)
    {
        if (text.Length is > 0 and <= LongestPlain && IsPlain(text))
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (IsPlain(c))
            {
                encoded.Append(c);
            }
            else
            {
                encoded.Append(Escape).Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
        }

        // '~' stands in no encoded text, so neither a shortened nor an empty text can meet a plain one.
        return encoded.Length is > 0 and <= LongestPlain
            ? encoded.ToString()
            : string.Concat(encoded.ToString(0, Math.Min(60, encoded.Length)), "~", Hash(text));
    }

    /// <summary>The text a key was made from; null when the key was shortened, or is none.</summary>
    /// <param name="key">What <see cref="Encode"/> gave.</param>
    public static string? Decode(string key)
    {
        if (key.Length is 0 or > LongestPlain)
        {
            return null;
        }

        if (IsPlain(key))
        {
            return key;
        }

        var decoded = new StringBuilder(key.Length);
        for (var i = 0; i < key.Length; i++)
        {
            if (IsPlain(key[i]))
            {
                decoded.Append(key[i]);
            }
            else if (key[i] == Escape
                && i + EscapeChars <= key.Length
                && ushort.TryParse(key.AsSpan(i + 1, EscapeChars - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                decoded.Append((char)unit);
                i += EscapeChars - 1;
            }
            else
            {
                return null;
            }
        }

        return decoded.ToString();
    }

    /// <summary>SHA-256 of the text in UTF-16, as 43 characters of base64url.</summary>
    public static string Hash(string text) => Base64Url.EncodeToString(SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan())));

    static bool IsPlain(string text)
    {
        foreach (var c in text)
        {
            if (!IsPlain(c))
            {
                return false;
            }
        }

        return true;
    }

    static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '@' or ' ';
}
