using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessSync.Connectors.Scim;

/// <summary>Turns SCIM users into accounts and account writes into SCIM bodies.</summary>
sealed class ScimUsers(string connectorId)
{
    /// <summary>The account a SCIM user is.</summary>
    public TargetAccount Account(JsonElement user)
    {
        if (user.MemberText("id") is not { Length: > 0 } id || user.MemberText("userName") is not { } userName)
        {
            throw new ConnectorException(connectorId, FailureKind.Rejected, $"{connectorId} gave a user without id or userName");
        }

        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, attribute) in ScimAttribute.ByName)
        {
            if (attribute.Read(user) is { } value)
            {
                attributes[name] = value;
            }
        }

        // RFC 7643 leaves an absent "active" to the service; those that omit it have no such state, so their users can sign in.
        var active = user.Member("active") is not { ValueKind: JsonValueKind.False };
        return new TargetAccount(id, userName, active, user.MemberText("externalId"), attributes);
    }

    /// <summary>The body that creates an account.</summary>
    public JsonObject Creation(AccountCreation creation)
    {
        var user = new JsonObject
        {
            ["schemas"] = new JsonArray(ScimNames.User),
            ["externalId"] = creation.OwnerMark,
            ["userName"] = creation.UserName,
            ["active"] = true,
        };
        foreach (var (name, value) in creation.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            if (value.Length > 0 && name != "userName")
            {
                Attribute(name).Write(user, value);
            }
        }

        if (user.ContainsKey(ScimNames.Enterprise))
        {
            user["schemas"]!.AsArray().Add(ScimNames.Enterprise);
        }

        return user;
    }

    /// <summary>The operations for those attributes that are not as wanted; an empty value clears like null.</summary>
    public JsonArray Changes(JsonElement user, AccountDelta delta)
    {
        var operations = new JsonArray();
        foreach (var (name, value) in delta.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            var attribute = Attribute(name);
            var wanted = value is { Length: > 0 } ? value : null;
            if (attribute == ScimAttribute.UserName && wanted is null)
            {
                throw new ConnectorException(connectorId, FailureKind.Rejected, "userName cannot be cleared");
            }

            if (attribute.Read(user) != wanted)
            {
                operations.Add(attribute.Change(user, wanted));
            }
        }

        return operations;
    }

    /// <summary>The body of a PATCH.</summary>
    public static JsonObject Patch(JsonArray operations) => new()
    {
        ["schemas"] = new JsonArray(ScimNames.PatchOp),
        ["Operations"] = operations,
    };

    ScimAttribute Attribute(string name) => name == "userName"
        ? ScimAttribute.UserName
        : ScimAttribute.ByName.TryGetValue(name, out var attribute)
            ? attribute
            : throw new ConnectorException(connectorId, FailureKind.Rejected, $"{connectorId} cannot hold the attribute {name}");
}
