using ServerlessSync.Mesh.Configuration.Reading;

namespace ServerlessSync.Mesh.Configuration.Sections;

/// <summary>Reads <c>api</c>: who may use the API. Without keys there is no API.</summary>
static class ApiSection
{
    public static IReadOnlyList<ApiKeyConfiguration> Read(Node? node, Reader read)
    {
        var section = read.Open(node, "keys");
        var keys = new List<ApiKeyConfiguration>();
        foreach (var item in section.Require("keys", "a list of keys with name, key and roles") is { } list ? read.Items(list, "a list of keys") : [])
        {
            var key = ReadOne(item, read);
            if (keys.Exists(k => k.Name.Length > 0 && k.Name == key.Name))
            {
                read.Fault(item, $"the key of '{Reader.Short(key.Name)}' is there already");
            }

            keys.Add(key);
        }

        return keys;
    }

    static ApiKeyConfiguration ReadOne(Node node, Reader read)
    {
        var section = read.Open(node, "name", "key", "roles");
        var roles = section.Require("roles", "some of viewer, operator and approver");
        return new ApiKeyConfiguration(
            read.Text(section.Require("name", "who the key belongs to"), "a name") ?? "",
            Units.Secret(read, section.Require("key", "a reference like env:NAME")) ?? new SecretReference("env", ""),
            [.. (roles is null ? [] : read.OneOrMore(roles, "a role or a list of roles"))
                .Select(r => read.Parse(r, string.Join(" or ", ApiRoles.All), text => ApiRoles.All.Contains(text) ? text : null))
                .OfType<string>()]);
    }
}
