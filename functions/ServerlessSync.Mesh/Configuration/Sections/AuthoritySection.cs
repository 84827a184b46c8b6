using ServerlessSync.Mesh.Configuration.Reading;
using ServerlessSync.Mesh.Model;

namespace ServerlessSync.Mesh.Configuration.Sections;

/// <summary>Reads <c>authority</c>: for each kind of identity which source decides about each lifecycle event and attribute.</summary>
static class AuthoritySection
{
    static readonly string[] LifecycleEvents = ["create", "update", "suspend", "delete"];

    public static IReadOnlyDictionary<IdentityKind, AuthorityConfiguration> Read(
        Node? node, IReadOnlyDictionary<string, SourceConfiguration> sources, Reader read)
    {
        var authority = new Dictionary<IdentityKind, AuthorityConfiguration>();
        var section = read.Open(node, [.. KindNames.All.Keys]);
        foreach (var (name, kind) in KindNames.All)
        {
            var used = sources.Values.Any(s => s.Identity == kind);
            if (section.Optional(name) is { } one)
            {
                authority[kind] = ReadOne(one, sources, name, read);
            }
            else if (used && section.Lacks(name))
            {
                ReportAllMissing(name, node!, read);
            }
        }

        return authority;
    }

    static void ReportAllMissing(string kind, Node node, Reader read)
    {
        foreach (var lifecycleEvent in LifecycleEvents)
        {
            read.Fault($"authority.{kind}.lifecycle.{lifecycleEvent}", node.Line, Missing(lifecycleEvent, kind));
        }
    }

    static AuthorityConfiguration ReadOne(Node node, IReadOnlyDictionary<string, SourceConfiguration> sources, string kind, Reader read)
    {
        var section = read.Open(node, "lifecycle", "attributes");
        var known = sources.Values.Where(s => KindNames.Of(s.Identity) == kind).Select(s => s.Name).ToList();
        var lifecycle = new Dictionary<string, string>();
        var events = section.Optional("lifecycle");
        if (section.Lacks("lifecycle"))
        {
            ReportAllMissing(kind, node, read);
        }

        var eventSection = read.Open(events, LifecycleEvents);
        foreach (var lifecycleEvent in LifecycleEvents)
        {
            var source = eventSection.Require(lifecycleEvent, Missing(lifecycleEvent, kind)["missing: ".Length..]);
            lifecycle[lifecycleEvent] = Names.Known(source, known, SourceOf(kind), read) ?? "";
        }

        return new AuthorityConfiguration(lifecycle, ReadAttributes(section.Optional("attributes"), known, kind, read));
    }

    static Dictionary<string, string> ReadAttributes(Node? node, List<string> known, string kind, Reader read)
    {
        var attributes = new Dictionary<string, string>();
        foreach (var (name, source) in node is null ? [] : read.Entries(node, "a mapping of attributes to sources"))
        {
            if (Names.IsKnown(name, source, AttributeNames.All, "attribute", read))
            {
                attributes[name] = Names.Known(source, known, SourceOf(kind), read) ?? "";
            }
        }

        return attributes;
    }

    static string SourceOf(string kind) => $"source of identity {kind}";

    static string Missing(string lifecycleEvent, string kind) => $"missing: the one source that decides to {lifecycleEvent} an identity of kind {kind}";
}
