using System.Globalization;
using System.Text;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Web.Intake;

/// <summary>What texts of a source may hold: keys, names that people sign in or are addressed by, and all others. Faults do not repeat the text.</summary>
static class TextRules
{
    const int MaxKeyChars = 256;
    const int MaxTextChars = 1024;

    static readonly string KeyFault = string.Create(
        CultureInfo.InvariantCulture,
        $"must have 1 to {MaxKeyChars} characters, none of them a control, format or unassigned character, and no blank at either end");

    static readonly string TextFault = string.Create(
        CultureInfo.InvariantCulture,
        $"must have at most {MaxTextChars} characters, none of them a control character, a line separator or one that turns the direction of writing");

    /// <summary>What is wrong with a key, which is compared as it is, unit by unit; null when nothing is.</summary>
    public static string? FaultOfKey(string key) =>
        key.Length is > 0 and <= MaxKeyChars && !char.IsWhiteSpace(key[0]) && !char.IsWhiteSpace(key[^1]) && key.EnumerateRunes().All(IsOfKey) ? null : KeyFault;

    /// <summary>What is wrong with an attribute's value; null when nothing is.</summary>
    public static string? FaultOf(string attribute, string text) => attribute switch
    {
        AttributeNames.UserName or AttributeNames.Mail => SignInName.FaultOf(text),
        AttributeNames.Manager => FaultOfKey(text),
        _ => text.Length <= MaxTextChars && text.EnumerateRunes().All(IsOfText) ? null : TextFault,
    };

    /// <summary>The value as it is recorded.</summary>
    public static string Prepare(string attribute, string text) =>
        attribute is AttributeNames.UserName or AttributeNames.Mail ? SignInName.Prepare(text) : text;

    static bool IsOfKey(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned) && IsOfText(rune);

    // Marks and joiners are letters' business in many scripts; what turns the direction can make a text read as another one.
    static bool IsOfText(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        && rune.Value is not ((>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x200E or 0x200F or 0x061C);
}
