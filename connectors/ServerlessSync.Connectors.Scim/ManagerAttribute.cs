using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessSync.Connectors.Scim;

/// <summary>The manager: the id of another user, in a complex attribute of the enterprise extension.</summary>
sealed class ManagerAttribute : ScimAttribute
{
    const string Path = ScimNames.Enterprise + ":manager";

    public override string? Read(JsonElement user) =>
        user.Member(ScimNames.Enterprise)?.Member("manager") is { } manager ? Text(manager, "value") : null;

    public override void Write(JsonObject user, string value) => user.Child(ScimNames.Enterprise)["manager"] = new JsonObject { ["value"] = value };

    public override JsonObject Change(JsonElement user, string? value) => value is null
        ? Operation("remove", Path, null)
        : Operation(Read(user) is null ? "add" : "replace", Path, new JsonObject { ["value"] = value });
}
