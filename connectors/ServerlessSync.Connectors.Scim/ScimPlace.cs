using System.Text;
using System.Text.Json;

namespace ServerlessSync.Connectors.Scim;

/// <summary>How far a list was read: the content of a continuation token.</summary>
/// <param name="Next">Where the next resource is expected, from 1.</param>
/// <param name="Total">How many there were in all.</param>
/// <param name="Tail">The ids of the last resources read, oldest first.</param>
/// <param name="Cursor">The service's own cursor, where it has one; the rest says nothing then.</param>
sealed record ScimPlace(int Next, int Total, IReadOnlyList<string> Tail, string? Cursor = null);

/// <summary>Writes what the connector must remember into tokens, and reads it back.</summary>
static class ScimToken
{
    /// <summary>Writes a token.</summary>
    public static string Write<T>(T content) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(content));

    /// <summary>Reads a token, or null when it is none of ours.</summary>
    public static T? Read<T>(string token)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Encoding.UTF8.GetString(Convert.FromBase64String(token)));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }
}
