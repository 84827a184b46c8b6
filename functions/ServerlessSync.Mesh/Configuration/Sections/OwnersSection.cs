using ServerlessSync.Mesh.Configuration.Reading;

namespace ServerlessSync.Mesh.Configuration.Sections;

/// <summary>Reads <c>owners</c>: who answers for exceptions and revocations; <c>default</c> must be there.</summary>
static class OwnersSection
{
    public static IReadOnlyDictionary<string, string> Read(Node? node, Reader read)
    {
        var owners = new Dictionary<string, string>();
        foreach (var (area, owner) in read.Entries(node, "a mapping of areas to owners"))
        {
            owners[area] = read.Text(owner, "a person or team") ?? "";
        }

        if (node is MapNode && !owners.ContainsKey("default"))
        {
            read.Fault("owners.default", node.Line, "missing: the person or team who owns exceptions and revocations nobody else owns");
        }

        return owners;
    }
}
