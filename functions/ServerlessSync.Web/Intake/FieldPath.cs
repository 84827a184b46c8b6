using System.Text;
using System.Text.Json;

namespace ServerlessSync.Web.Intake;

/// <summary>A dotted path within an event, taken apart once. The empty path is the event itself.</summary>
sealed class FieldPath(string text)
{
    readonly byte[][] _names = text.Length == 0 ? [] : [.. text.Split('.').Select(Encoding.UTF8.GetBytes)];

    public bool IsEmpty => _names.Length == 0;

    /// <summary>Finds the value; a null counts as none.</summary>
    public bool TryFind(JsonElement from, out JsonElement value)
    {
        value = from;
        foreach (var name in _names)
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
            {
                return false;
            }
        }

        return value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined);
    }

    /// <summary>The exact text of a text, number or truth value.</summary>
    public static bool TryGetText(JsonElement value, out string? text)
    {
        text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => null,
        };
        return text is not null;
    }

    public override string ToString() => text;
}
