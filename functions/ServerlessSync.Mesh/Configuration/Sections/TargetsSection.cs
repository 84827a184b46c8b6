using ServerlessSync.Mesh.Configuration.Reading;
using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Policy;

namespace ServerlessSync.Mesh.Configuration.Sections;

/// <summary>Reads <c>targets</c>: the systems that are kept true.</summary>
static class TargetsSection
{
    static readonly string[] DefaultAttributes =
        ["displayName", "givenName", "familyName", "title", AttributeNames.Department, AttributeNames.Manager, "mail", "phone", "employeeNumber"];

    static readonly Dictionary<string, TargetStage> Stages = new() { ["observe"] = TargetStage.Observe, ["enforce"] = TargetStage.Enforce };

    static readonly Dictionary<string, IReadOnlyList<string>> Persons = new() { [PolicyInputs.Kind] = [KindNames.Of(IdentityKind.Person)] };

    static readonly Template DefaultUserName = Template.Parse("{userName}");

    public static IReadOnlyDictionary<string, TargetConfiguration> Read(
        Node? node, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> tables, Reader read)
    {
        var targets = new SortedDictionary<string, TargetConfiguration>(StringComparer.Ordinal);
        foreach (var (name, target) in read.Entries(node, "a mapping of target names to targets"))
        {
            Names.Check(name, target, read);
            targets[name] = ReadOne(name, target, tables, read);
        }

        if (node is MapNode { Entries.Count: 0 })
        {
            read.Fault(node, "expected at least one target");
        }

        return targets;
    }

    static TargetConfiguration ReadOne(string name, Node node, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> tables, Reader read)
    {
        var section = read.Open(node, "connector", "url", "credential", "scope", "stage", "userName", "attributes", "limit", "retry", "reconcile");
        var connectors = string.Join(" or ", TargetAddress.Connectors);
        var connector = read.Parse(section.Require("connector", connectors), connectors, text => TargetAddress.Connectors.Contains(text) ? text : null);
        return new TargetConfiguration
        {
            Name = name,
            Connector = connector ?? "",
            Url = ReadUrl(section.Require("url", "an address, or env:NAME"), connector, read),
            Credential = Units.Secret(read, section.Require("credential", "a reference like env:NAME to the mesh's own credential there")) ?? new SecretReference("env", ""),
            Scope = section.Optional("scope") is { } scope ? Vocabulary.OfIdentities.Read(scope, read) : Persons,
            Stage = read.Choice(section.Optional("stage"), Stages) ?? TargetStage.Observe,
            UserName = ReadUserName(section.Optional("userName"), tables, read),
            Attributes = section.Optional("attributes") is { } attributes
                ? [.. read.Items(attributes, "a list of attributes").Select(a => Names.Attribute(a, read)).OfType<string>()]
                : DefaultAttributes,
            Limit = PaceSection.ReadLimit(section.Optional("limit"), read),
            Retry = PaceSection.ReadRetry(section.Optional("retry"), read),
            Reconcile = ReconcileSection.Read(section.Optional("reconcile"), read),
        };
    }

    static string ReadUrl(Node? node, string? connector, Reader read)
    {
        if (node is not ScalarNode { Text.Length: > 0 } scalar)
        {
            read.Text(node, "an address, or env:NAME");
            return "";
        }

        // The text of an address is in no message: a password may stand in it.
        if (Units.ParseSecret(scalar.Text) is null && connector is not null && TargetAddress.Fault(connector, scalar.Text) is { } fault)
        {
            read.Fault(node, fault);
        }

        return scalar.Text;
    }

    static Template ReadUserName(Node? node, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> tables, Reader read)
    {
        var template = MapSection.ReadTemplate(node, tables, read) ?? DefaultUserName;
        foreach (var path in template.Paths)
        {
            Names.IsKnown(path, node!, AttributeNames.All, "attribute", read);
        }

        return template;
    }
}
