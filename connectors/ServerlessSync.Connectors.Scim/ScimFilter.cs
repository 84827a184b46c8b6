using System.Globalization;
using System.Text;

namespace ServerlessSync.Connectors.Scim;

/// <summary>Builds filters (RFC 7644, section 3.4.2.2) from values that may hold anything.</summary>
static class ScimFilter
{
    /// <summary><c>attribute eq "value"</c>.</summary>
    public static string Equal(string attribute, string value) => $"{attribute} eq {Quote(value)}";

    /// <summary>
    /// The value as a JSON string. A quote is written as a code point, which every JSON reader knows: some services end the
    /// string at the first quote, escaped or not.
    /// </summary>
    static string Quote(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (var c in value)
        {
            if (c == '\\')
            {
                text.Append(@"\\");
            }
            else if (c == '"' || char.IsControl(c) || char.IsSurrogate(c))
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                text.Append(c);
            }
        }

        return text.Append('"').ToString();
    }
}
