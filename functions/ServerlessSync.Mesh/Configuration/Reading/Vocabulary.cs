using ServerlessSync.Mesh.Model;
using ServerlessSync.Mesh.Policy;

namespace ServerlessSync.Mesh.Configuration.Reading;

/// <summary>Which names conditions may ask for, and the values each can have where these are known.</summary>
sealed class Vocabulary(IReadOnlyDictionary<string, IReadOnlyCollection<string>?> names)
{
    /// <summary>What is known of an identity: its kind and its attributes.</summary>
    public static Vocabulary OfIdentities { get; } = new(Identity());

    /// <summary>What a policy request holds.</summary>
    public static Vocabulary OfRequests(IEnumerable<string> targets, IEnumerable<string> entitlements) => new(new Dictionary<string, IReadOnlyCollection<string>?>(Identity())
    {
        [PolicyInputs.Operation] = PolicyInputs.Operations,
        [PolicyInputs.Target] = [.. targets],
        [PolicyInputs.Entitlement] = [.. entitlements.Distinct()],
        [PolicyInputs.Risk] = PolicyInputs.Risks,
        [PolicyInputs.Attribute] = [.. AttributeNames.All],
    });

    /// <summary>Reads conditions: a mapping of names to one value or a list of values.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Read(Node? node, Reader read)
    {
        var conditions = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var (name, values) in node is null ? [] : read.Entries(node, "a mapping of names to a value or a list of values"))
        {
            if (!names.TryGetValue(name, out var known))
            {
                read.Fault(values, $"'{Reader.Short(name)}' is nothing to ask for; the nearest known is '{NearestName.Of(name, names.Keys)}'");
                continue;
            }

            conditions[name] = [.. read.OneOrMore(values, "a value or a list of values").Select(v => ReadValue(v, known, read)).OfType<string>()];
        }

        return conditions;
    }

    static string? ReadValue(Node node, IReadOnlyCollection<string>? known, Reader read) => known is null
        ? read.Text(node, "a value")
        : read.Parse(node, known.Count == 0 ? "nothing, for none is configured" : string.Join(" or ", known), text => known.Contains(text, StringComparer.OrdinalIgnoreCase) ? text : null);

    static Dictionary<string, IReadOnlyCollection<string>?> Identity()
    {
        var names = AttributeNames.All.ToDictionary(a => a, IReadOnlyCollection<string>? (_) => null);
        names[PolicyInputs.Kind] = [.. KindNames.All.Keys];
        return names;
    }
}
