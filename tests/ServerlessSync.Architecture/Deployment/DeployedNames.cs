using System.Text.Json;

namespace ServerlessSync.Architecture;

/// <summary>The names a deployment makes and uses, read from the Bicep files.</summary>
sealed class DeployedNames(IReadOnlyList<BicepFile> files)
{
    const string Queue = "Microsoft.ServiceBus/namespaces/queues";
    const string Table = "Microsoft.Storage/storageAccounts/tableServices/tables";
    const string TaskHub = "Microsoft.DurableTask/schedulers/taskHubs";
    const string Assignment = "Microsoft.Authorization/roleAssignments";
    const string Alert = "Microsoft.Insights/scheduledQueryRules";

    public IEnumerable<string> Queues => NamesOf(Queue);

    /// <summary>Files with a queue that keeps no order or knows no duplicates.</summary>
    public IEnumerable<string> LooseQueues =>
        from file in files
        from queue in file.Resources(Queue)
        let properties = BicepFile.Body(queue).GetProperty("properties")
        where !Is(properties, "requiresSession") || !Is(properties, "requiresDuplicateDetection")
        select file.Path;

    public IEnumerable<string> Tables => NamesOf(Table);

    public IEnumerable<string> TaskHubs => NamesOf(TaskHub);

    /// <summary>The app's settings, as far as they are written in the file; the value of one that is put together there is null.</summary>
    public IEnumerable<(string Name, string? Value)> Settings =>
        from file in files
        from resource in file.Resources("config")
        let expression = BicepFile.Body(resource).GetProperty("properties").GetProperty("expression").GetString()!
        from word in BicepFile.Words(expression).Distinct(StringComparer.Ordinal)
        where file.Variable(word) is { ValueKind: JsonValueKind.Object } found && !found.TryGetProperty("expression", out _)
        from setting in file.Variable(word)!.Value.EnumerateObject()
        select (setting.Name, setting.Value.ValueKind == JsonValueKind.String ? setting.Value.GetString() : null);

    /// <summary>Metrics an alert is made on.</summary>
    public IEnumerable<string> Metrics =>
        from file in files
        from rule in file.Resources(Alert)
        from name in file.ValuesOf(rule, BicepFile.Body(rule).GetProperty("properties").GetProperty("displayName"))
        select name;

    /// <summary>The table of roles: name, id and reason.</summary>
    public IEnumerable<(string Name, string Id, string Reason)> Roles =>
        from file in files
        where file.Variable("roles") is not null
        from role in file.Variable("roles")!.Value.EnumerateObject()
        select (role.Name, role.Value.GetProperty("id").GetString()!, role.Value.GetProperty("reason").GetString()!);

    /// <summary>Roles that are given, by the name in <c>roles[...]</c>.</summary>
    public IEnumerable<string> RolesGiven =>
        from file in files
        from assignment in file.Resources(Assignment)
        from role in RolesOf(file, assignment)
        select role;

    // What stands in roles[...] of the id; an id that comes from elsewhere is a role of its own, which no list has.
    static IEnumerable<string> RolesOf(BicepFile file, JsonElement assignment)
    {
        var id = BicepFile.Body(assignment).GetProperty("properties").GetProperty("roleDefinitionId").GetProperty("expression").GetString()!;
        return id.Split("roles[", 2) is [_, var rest] ? file.ValuesOf(assignment, rest.Split(']')[0]) : [id];
    }

    static bool Is(JsonElement properties, string name) => properties.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    IEnumerable<string> NamesOf(string type) =>
        from file in files
        from resource in file.Resources(type)
        where !resource.GetProperty("existing").GetBoolean()
        from name in file.ValuesOf(resource, BicepFile.Body(resource).GetProperty("name"))
        select name;
}
