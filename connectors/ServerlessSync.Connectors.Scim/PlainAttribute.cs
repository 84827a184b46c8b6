using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessSync.Connectors.Scim;

/// <summary>A string at the top of the user, in a complex attribute or in a schema extension.</summary>
sealed class PlainAttribute(string? parent, string name) : ScimAttribute
{
    // A sub-attribute follows a full stop, an attribute of an extension a colon.
    readonly string _path = parent is null ? name : parent == ScimNames.Enterprise ? $"{parent}:{name}" : $"{parent}.{name}";

    public override string? Read(JsonElement user) =>
        parent is null ? Text(user, name) : user.Member(parent) is { } complex ? Text(complex, name) : null;

    public override void Write(JsonObject user, string value) => (parent is null ? user : user.Child(parent))[name] = value;

    public override JsonObject Change(JsonElement user, string? value) =>
        // To replace below a complex attribute that is absent fails on some services; to add does not.
        value is null ? Operation("remove", _path, null) : Operation(Read(user) is null ? "add" : "replace", _path, value);
}
