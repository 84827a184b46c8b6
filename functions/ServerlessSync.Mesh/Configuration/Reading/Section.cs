namespace ServerlessSync.Mesh.Configuration.Reading;

/// <summary>A mapping with a fixed set of keys.</summary>
sealed class Section
{
    readonly Findings _findings;
    readonly MapNode? _map;
    readonly HashSet<string> _meant = [];

    Section(MapNode? map, Findings findings)
    {
        _map = map;
        _findings = findings;
    }

    /// <summary>Opens a mapping and reports keys it does not have. What is absent or faulty opens as empty and requires nothing.</summary>
    public static Section Open(Node? node, Findings findings, params IReadOnlyList<string> known)
    {
        if (node is not MapNode map)
        {
            if (node is not null)
            {
                findings.Add(node, $"expected a mapping with {string.Join(", ", known)}");
            }

            return new Section(null, findings);
        }

        var section = new Section(map, findings);
        foreach (var (key, value) in map.Entries.Where(e => !known.Contains(e.Key)))
        {
            findings.Add(value.Path, value.Line, $"unknown key '{Reader.Short(key)}'; the nearest known is '{NearestName.Of(key, known)}'");
            if (NearestName.Meant(key, known) is { } meant)
            {
                section._meant.Add(meant);
            }
        }

        return section;
    }

    /// <summary>The value of a key, or null.</summary>
    public Node? Optional(string key) => _map?.Entries.GetValueOrDefault(key);

    /// <summary>Whether a key is neither there nor mistyped, which is reported already.</summary>
    public bool Lacks(string key) => _map is not null && !_map.Entries.ContainsKey(key) && !_meant.Contains(key);

    /// <summary>The value of a key; its absence is reported with what is expected there.</summary>
    public Node? Require(string key, string expected)
    {
        if (Optional(key) is { } node)
        {
            return node;
        }

        if (Lacks(key))
        {
            _findings.Add(_map!.Path.Length == 0 ? key : $"{_map.Path}.{key}", _map.Line, $"missing: {expected}");
        }

        return null;
    }
}
