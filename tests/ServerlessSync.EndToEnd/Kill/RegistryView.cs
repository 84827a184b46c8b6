using System.Text.Json;

namespace ServerlessSync.EndToEnd.Kill;

/// <summary>Reads what the API shows of an identity.</summary>
static class RegistryView
{
    public static string UserNameOf(JsonElement identity) => Attribute(identity, "userName") ?? "";

    public static string? Attribute(JsonElement identity, string name) =>
        identity.GetProperty("attributes").TryGetProperty(name, out var value) ? value.GetProperty("value").GetString() : null;

    public static bool IsActive(JsonElement identity) => identity.GetProperty("status").GetString() == "active";

    public static bool IsIdle(JsonElement identity)
    {
        var lane = identity.GetProperty("lane");
        return lane.GetProperty("idle").GetBoolean() && lane.GetProperty("waiting").GetInt64() == 0;
    }

    /// <summary>Each account and right on a target, a line each, in the words of <see cref="NativeState"/>.</summary>
    public static IEnumerable<string> Lines(JsonElement identity)
    {
        var names = new Dictionary<string, string>();
        foreach (var account in identity.GetProperty("accounts").EnumerateArray().Where(a => a.GetProperty("status").GetString() != "deleted"))
        {
            var target = account.GetProperty("target").GetString()!;
            var name = account.GetProperty("userName").GetString()!;
            names[target] = name;
            yield return $"{target} {name} {account.GetProperty("status").GetString()}";
        }

        foreach (var grant in identity.GetProperty("grants").EnumerateArray())
        {
            var target = grant.GetProperty("target").GetString()!;
            var right = grant.GetProperty("name").GetString()!;
            yield return $"{target} {names[target]} in {right[(right.IndexOf(':', StringComparison.Ordinal) + 1)..]}";
        }
    }
}
