namespace ServerlessSync.Architecture;

/// <summary>Who may reference whom. An arrow of the table may be missing in the code, never added to it.</summary>
static class Direction
{
    static readonly string[] TargetConnectors =
        ["Connectors.Entra", "Connectors.KeyVault", "Connectors.Ldap", "Connectors.PostgreSql", "Connectors.RabbitMq", "Connectors.Scim"];

    static readonly string[] Stores = ["Storage.Sqlite", "Storage.Tables"];

    // Those that bring everything together.
    static readonly string[] Anything = ["Architecture", "Benchmarks", "EndToEnd"];

    static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Connectors"] = [],
        ["Connectors.Entra"] = ["Connectors"],
        ["Connectors.KeyVault"] = ["Connectors"],
        ["Connectors.Ldap"] = ["Connectors"],
        ["Connectors.PostgreSql"] = ["Connectors"],
        ["Connectors.RabbitMq"] = ["Connectors"],
        ["Connectors.Scim"] = ["Connectors"],
        ["Connectors.Testing"] = ["Connectors"],
        ["Mesh"] = ["Connectors"],
        ["Storage.Sqlite"] = ["Mesh"],
        ["Storage.Tables"] = ["Mesh"],
        ["Engines.InProcess"] = ["Mesh"],
        ["Engines.DurableTask"] = ["Mesh", "Shapes"],
        ["Web"] = ["Mesh"],
        ["LocalHost"] = ["Mesh", "Web", "Engines.InProcess", .. Stores, .. TargetConnectors],
        ["Functions"] = ["Mesh", "Web", "Engines.DurableTask", "Shapes", .. Stores, .. TargetConnectors],
        ["TestKit"] = ["Connectors", "Connectors.Testing", "Mesh"],
        // Stand-ins for packages a feed may lack: referenced under a condition alone, see StandIns.
        ["Shapes"] = [],
        // Its verifier must not see a target through the eyes of the code it verifies: no connectors here.
        ["Demo"] = ["Mesh", "Storage.Sqlite", "Storage.Tables", "TestKit"],
    };

    /// <summary>Compares every project file with the table.</summary>
    public static IEnumerable<string> OfProjects(SourceTree tree) =>
        from project in ProjectFile.All(tree)
        from violation in OfProject(project)
        select violation;

    /// <summary>Compares what a built assembly names with the table, where an arrow counts through others too.</summary>
    public static IEnumerable<string> OfAssembly(string name, IEnumerable<string> references)
    {
        var reachable = Reachable(name);
        return references.Select(ProjectFile.Short)
            .Where(reference => !Anything.Contains(name) && !reachable.Contains(reference))
            .Select(reference => $"The built {name} names {reference}");
    }

    static IEnumerable<string> OfProject(ProjectFile project)
    {
        if (Anything.Contains(project.Name))
        {
            return [];
        }

        return AllowedFor(project.Name) is { } allowed
            ? project.Projects.Except(allowed, StringComparer.Ordinal).Select(reference => $"{project.Path} references {reference}")
            : [$"{project.Path} is in no row of the table of directions"];
    }

    static string[]? AllowedFor(string name)
    {
        if (!name.EndsWith(".Tests", StringComparison.Ordinal))
        {
            return Allowed.GetValueOrDefault(name);
        }

        var subject = name[..^".Tests".Length];
        var kit = subject.StartsWith("Connectors.", StringComparison.Ordinal) ? new[] { "Connectors.Testing" } : [];
        return Allowed.ContainsKey(subject) || Anything.Contains(subject) ? [subject, "TestKit", .. kit] : null;
    }

    static HashSet<string> Reachable(string name)
    {
        var found = new HashSet<string>(StringComparer.Ordinal) { name };
        var open = new Stack<string>([name]);
        while (open.TryPop(out var next))
        {
            foreach (var reference in AllowedFor(next) ?? [])
            {
                if (found.Add(reference))
                {
                    open.Push(reference);
                }
            }
        }

        return found;
    }
}
