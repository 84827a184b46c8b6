using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessSync.Connectors.Scim;

/// <summary>The element of type <c>work</c> in a multi-valued attribute; elements of other types are left alone.</summary>
sealed class WorkAttribute(string name) : ScimAttribute
{
    readonly string _path = $"{name}[type eq \"work\"]";

    public override string? Read(JsonElement user) => Element(user) is { } element ? Text(element, "value") : null;

    public override void Write(JsonObject user, string value) => user[name] = new JsonArray(New(value, primary: true));

    public override JsonObject Change(JsonElement user, string? value)
    {
        if (value is null)
        {
            return Operation("remove", _path, null);
        }

        // RFC 7644 answers noTarget when a filtered path matches nothing, so a missing element is added whole.
        return Element(user) is null
            ? Operation("add", name, new JsonArray(New(value, primary: !Elements(user).Any())))
            : Operation("replace", _path + ".value", value);
    }

    static JsonObject New(string value, bool primary)
    {
        var element = new JsonObject { ["value"] = value, ["type"] = "work" };
        if (primary)
        {
            element["primary"] = true;
        }

        return element;
    }

    IEnumerable<JsonElement> Elements(JsonElement user) => user.Member(name)?.Items() ?? [];

    JsonElement? Element(JsonElement user)
    {
        foreach (var element in Elements(user))
        {
            if (string.Equals(Text(element, "type"), "work", StringComparison.OrdinalIgnoreCase))
            {
                return element;
            }
        }

        return null;
    }
}
