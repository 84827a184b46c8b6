using System.Text.Json;

namespace ServerlessSync.Demo.Verification;

/// <summary>A user as the SCIM service words it.</summary>
sealed record ScimUser(string Id, string UserName, string? ExternalId, bool Active, IReadOnlyDictionary<string, string?> Attributes)
{
    const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    public static ScimUser Read(JsonElement user)
    {
        var name = Child(user, "name");
        var work = Child(user, Enterprise);
        return new ScimUser(user.GetProperty("id").GetString()!, user.GetProperty("userName").GetString()!, Text(user, "externalId"), Child(user, "active")?.GetBoolean() ?? false, new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["userName"] = Text(user, "userName"),
            ["displayName"] = Text(user, "displayName"),
            ["givenName"] = Text(name, "givenName"),
            ["familyName"] = Text(name, "familyName"),
            ["title"] = Text(user, "title"),
            ["department"] = Text(work, "department"),
            ["employeeNumber"] = Text(work, "employeeNumber"),
            ["manager"] = Text(work is { } extension ? Child(extension, "manager") : null, "value"),
            ["mail"] = Values(user, "emails"),
            ["phone"] = Values(user, "phoneNumbers"),
        });
    }

    static JsonElement? Child(JsonElement parent, string name) => parent.TryGetProperty(name, out var child) && child.ValueKind != JsonValueKind.Null ? child : null;

    static string? Text(JsonElement? parent, string name) => parent is { ValueKind: JsonValueKind.Object } present ? Child(present, name)?.GetString() : null;

    // Every value counts: one too many is a difference.
    static string? Values(JsonElement user, string name) =>
        Child(user, name) is { } list && list.GetArrayLength() > 0 ? string.Join(", ", list.EnumerateArray().Select(v => Text(v, "value"))) : null;
}
