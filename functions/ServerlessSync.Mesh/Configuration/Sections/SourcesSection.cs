using ServerlessSync.Mesh.Configuration.Reading;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Configuration.Sections;

/// <summary>Reads <c>sources</c>: the systems that tell us.</summary>
static class SourcesSection
{
    const int MostSecrets = 2;

    static readonly Dictionary<string, bool> Sequences = new() { ["given"] = true, ["none"] = false };

    static readonly Dictionary<string, ChangeKind> Kinds = new()
    {
        ["changed"] = ChangeKind.Changed,
        ["suspended"] = ChangeKind.Suspended,
        ["terminated"] = ChangeKind.Terminated,
        ["look"] = ChangeKind.Look,
    };

    static readonly SourceConfiguration Defaults = new()
    {
        Name = "",
        Kind = "",
        Secrets = [],
        SequenceGiven = false,
        Events = new Dictionary<string, ChangeKind>(),
        Anchor = Template.Parse("id"),
        Map = new Dictionary<string, Template>(),
    };

    public static IReadOnlyDictionary<string, SourceConfiguration> Read(
        Node? node, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> tables, Reader read)
    {
        var sources = new Dictionary<string, SourceConfiguration>();
        foreach (var (name, source) in read.Entries(node, "a mapping of source names to sources"))
        {
            Names.Check(name, source, read);
            sources[name] = ReadOne(name, source, tables, read);
        }

        if (node is MapNode { Entries.Count: 0 })
        {
            read.Fault(node, "expected at least one source");
        }

        return sources;
    }

    static SourceConfiguration ReadOne(string name, Node node, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> tables, Reader read)
    {
        var section = read.Open(node, "kind", "identity", "secrets", "sequence", "tolerance", "envelope", "events", "map", "required");
        var kind = read.Parse(section.Require("kind", "webhook"), "webhook", text => text == "webhook" ? text : null);
        var identity = read.Choice(section.Optional("identity"), KindNames.All) ?? IdentityKind.Person;
        var map = MapSection.Read(section.Require("map", "where the anchor and each attribute come from"), identity, tables, read);
        return Defaults with
        {
            Name = name,
            Kind = kind ?? "",
            Identity = identity,
            Secrets = ReadSecrets(section.Require("secrets", "one or two references like env:NAME to the signing keys"), read),
            SequenceGiven = read.Choice(section.Require("sequence", "given or none"), Sequences) ?? false,
            Tolerance = Units.Duration(read, section.Optional("tolerance")) ?? Defaults.Tolerance,
            Envelope = ReadEnvelope(section.Optional("envelope"), read),
            Events = ReadEvents(section.Require("events", "what each event type means: changed, suspended, terminated or look"), read),
            Anchor = map.Anchor,
            Map = map.Attributes,
            Required = ReadRequired(section.Optional("required"), map.Attributes, read),
        };
    }

    static List<SecretReference> ReadSecrets(Node? node, Reader read)
    {
        var nodes = node is ListNode list ? list.Items : node is null ? [] : [node];
        if (node is not null && nodes.Count is 0 or > MostSecrets)
        {
            read.Fault(node!, $"expected one or two references to signing keys, got {nodes.Count}");
        }

        return [.. nodes.Select(n => Units.Secret(read, n)).OfType<SecretReference>()];
    }

    static EnvelopeConfiguration ReadEnvelope(Node? node, Reader read)
    {
        var section = read.Open(node, "batch", "id", "type", "sequence", "occurredAt", "data");
        var defaults = new EnvelopeConfiguration();
        return new EnvelopeConfiguration
        {
            Batch = read.Text(section.Optional("batch"), "a path") ?? defaults.Batch,
            Id = read.Text(section.Optional("id"), "a path") ?? defaults.Id,
            Type = read.Text(section.Optional("type"), "a path") ?? defaults.Type,
            Sequence = read.Text(section.Optional("sequence"), "a path") ?? defaults.Sequence,
            OccurredAt = read.Text(section.Optional("occurredAt"), "a path") ?? defaults.OccurredAt,
            Data = section.Optional("data") is ScalarNode { Text: "" } ? "" : read.Text(section.Optional("data"), "a path") ?? defaults.Data,
        };
    }

    static Dictionary<string, ChangeKind> ReadEvents(Node? node, Reader read)
    {
        var events = new Dictionary<string, ChangeKind>();
        foreach (var (type, meaning) in read.Entries(node, "a mapping of event types to changed, suspended, terminated or look"))
        {
            events[type] = read.Choice(meaning, Kinds) ?? ChangeKind.Look;
        }

        if (node is MapNode { Entries.Count: 0 })
        {
            read.Fault(node, "expected at least one event type");
        }

        return events;
    }

    static IReadOnlyList<string> ReadRequired(Node? node, IReadOnlyDictionary<string, Template> map, Reader read)
    {
        if (node is null)
        {
            return map.ContainsKey(AttributeNames.UserName) ? [AttributeNames.UserName] : [];
        }

        var required = read.Items(node, "a list of attributes").Select(n => (Node: n, Name: Names.Attribute(n, read))).Where(r => r.Name is not null).ToList();
        foreach (var (item, name) in required.Where(r => !map.ContainsKey(r.Name!)))
        {
            read.Fault(item, $"'{name}' is required but not in the map");
        }

        return [.. required.Select(r => r.Name!)];
    }
}
