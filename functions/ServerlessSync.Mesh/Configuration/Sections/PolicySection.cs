using ServerlessSync.Mesh.Configuration.Reading;

namespace ServerlessSync.Mesh.Configuration.Sections;

/// <summary>Reads <c>policy</c>: version, default and rules.</summary>
static class PolicySection
{
    static readonly Dictionary<string, bool> Effects = new() { ["allow"] = true, ["deny"] = false };

    public static PolicyConfiguration Read(Node? node, Vocabulary vocabulary, Reader read)
    {
        var section = read.Open(node, "version", "default", "rules");
        var rules = new List<PolicyRule>();
        foreach (var item in section.Require("rules", "a list of rules, which may be empty") is { } list ? read.Items(list, "a list of rules") : [])
        {
            rules.Add(ReadRule(item, rules, vocabulary, read));
        }

        return new PolicyConfiguration(
            read.Text(section.Require("version", "the version that decisions carry"), "a version") ?? "",
            read.Choice(section.Require("default", "allow or deny"), Effects) ?? false,
            rules);
    }

    static PolicyRule ReadRule(Node node, List<PolicyRule> before, Vocabulary vocabulary, Reader read)
    {
        var section = read.Open(node, "name", "effect", "when", "reason");
        var nameNode = section.Require("name", "a name");
        var name = read.Text(nameNode, "a name") ?? "";
        if (name.Length > 0)
        {
            Names.Check(name, nameNode!, read);
            if (before.Exists(r => r.Name == name))
            {
                read.Fault(nameNode!, $"the rule '{Reader.Short(name)}' is there already");
            }
        }

        return new PolicyRule(
            name,
            read.Choice(section.Require("effect", "allow or deny"), Effects) ?? false,
            vocabulary.Read(section.Optional("when"), read),
            read.Text(section.Require("reason", "why, for people"), "a reason") ?? "");
    }
}
