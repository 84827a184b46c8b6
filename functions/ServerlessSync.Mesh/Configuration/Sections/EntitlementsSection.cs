using System.Text.RegularExpressions;
using ServerlessSync.Mesh.Configuration.Reading;
using ServerlessSync.Mesh.Policy;

namespace ServerlessSync.Mesh.Configuration.Sections;

/// <summary>Reads <c>entitlements</c>: what an identity gets when it matches.</summary>
static partial class EntitlementsSection
{
    public static IReadOnlyList<EntitlementConfiguration> Read(Node? node, IReadOnlyCollection<string> targets, Reader read)
    {
        var entitlements = new List<EntitlementConfiguration>();
        foreach (var item in read.Items(node, "a list of entitlements"))
        {
            var section = read.Open(item, "name", "when", "risk", "grants");
            var nameNode = section.Require("name", "a name");
            var name = read.Text(nameNode, "a name");
            if (name is not null)
            {
                Names.Check(name, nameNode!, read);
                if (entitlements.Exists(e => e.Name == name))
                {
                    read.Fault(nameNode!, $"the entitlement '{Reader.Short(name)}' is there already");
                }
            }

            entitlements.Add(new EntitlementConfiguration
            {
                Name = name ?? "",
                When = Vocabulary.OfIdentities.Read(section.Optional("when"), read),
                Risk = ReadRisk(section.Require("risk", "low, medium or high"), read),
                Grants = ReadGrants(section.Require("grants", "rights by target, each kind:name"), targets, read),
            });
        }

        return entitlements;
    }

    static string ReadRisk(Node? node, Reader read) =>
        read.Parse(node, string.Join(" or ", PolicyInputs.Risks), text => PolicyInputs.Risks.Contains(text) ? text : null) ?? "";

    static SortedDictionary<string, IReadOnlyList<string>> ReadGrants(Node? node, IReadOnlyCollection<string> targets, Reader read)
    {
        var grants = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (target, rights) in read.Entries(node, "a mapping of targets to lists of rights"))
        {
            Names.IsKnown(target, rights, targets, "target", read);
            grants[target] = [.. read.OneOrMore(rights, "a right like group:Finance or a list of them")
                .Select(r => read.Parse(r, "a right like group:Finance", text => Right().IsMatch(text) ? text : null))
                .OfType<string>()];
        }

        if (node is MapNode { Entries.Count: 0 })
        {
            read.Fault(node, "expected rights on at least one target");
        }

        return grants;
    }

    [GeneratedRegex(@"\A[a-z][a-zA-Z]{0,31}:[^\s\p{C}](?:[^\p{C}]{0,198}[^\s\p{C}])?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Right();
}
