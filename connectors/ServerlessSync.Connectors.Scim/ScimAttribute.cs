using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessSync.Connectors.Scim;

/// <summary>How one attribute of an account is read from and written to a SCIM user.</summary>
abstract class ScimAttribute
{
    /// <summary>Every attribute the connector carries but the user name, under its name in the mesh.</summary>
    public static IReadOnlyDictionary<string, ScimAttribute> ByName { get; } = new Dictionary<string, ScimAttribute>(StringComparer.Ordinal)
    {
        ["department"] = new PlainAttribute(ScimNames.Enterprise, "department"),
        ["displayName"] = new PlainAttribute(null, "displayName"),
        ["employeeNumber"] = new PlainAttribute(ScimNames.Enterprise, "employeeNumber"),
        ["familyName"] = new PlainAttribute("name", "familyName"),
        ["givenName"] = new PlainAttribute("name", "givenName"),
        ["mail"] = new WorkAttribute("emails"),
        ["manager"] = new ManagerAttribute(),
        ["phone"] = new WorkAttribute("phoneNumbers"),
        ["title"] = new PlainAttribute(null, "title"),
    };

    /// <summary>The user name, which no account lacks.</summary>
    public static ScimAttribute UserName { get; } = new PlainAttribute(null, "userName");

    /// <summary>The value, or null when the user has none.</summary>
    public abstract string? Read(JsonElement user);

    /// <summary>Puts the value into a user to be created.</summary>
    public abstract void Write(JsonObject user, string value);

    /// <summary>The PATCH operation that makes the value so; a null value clears it.</summary>
    /// <param name="user">The user as it is.</param>
    /// <param name="value">The value wanted, different from what is there.</param>
    public abstract JsonObject Change(JsonElement user, string? value);

    /// <summary>A member of an object that is a non-empty string, or null.</summary>
    protected static string? Text(JsonElement parent, string name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>One PATCH operation; without a value where that is null.</summary>
    protected static JsonObject Operation(string op, string path, JsonNode? value)
    {
        var operation = new JsonObject { ["op"] = op, ["path"] = path };
        if (value is not null)
        {
            operation["value"] = value;
        }

        return operation;
    }
}
