using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ServerlessSync.Mesh.Configuration.Reading;

/// <summary>
/// Makes the tree of a file from the parser's events. The representation model of the library is not used because it stops at the first
/// duplicate key and expands aliases; here duplicates are all reported, aliases refused and depth bounded before anything grows.
/// </summary>
sealed class TreeReader(IParser parser, Findings findings)
{
    const int Deepest = 16;

    /// <summary>Reads the one document of the file; null when it is empty or not YAML, which is then reported.</summary>
    public Node? Read()
    {
        try
        {
            Skip<StreamStart>();
            if (parser.Current is StreamEnd)
            {
                findings.Add("", 1, "the file is empty");
                return null;
            }

            Skip<DocumentStart>();
            var root = ReadNode("", null, 0);
            Skip<DocumentEnd>();
            if (parser.Current is not StreamEnd)
            {
                findings.Add("", LineOf(parser.Current!), "one document is expected, a second one begins here");
            }

            return root;
        }
        catch (YamlException e)
        {
            findings.Add("", (int)e.Start.Line, $"not YAML from here on: {e.Message}");
            return null;
        }
    }

    static bool IsNull(Scalar scalar) => scalar is { Style: ScalarStyle.Plain, Value: "~" or "null" or "Null" or "NULL" };

    static int LineOf(ParsingEvent part) => (int)part.Start.Line;

    void Skip<T>()
        where T : ParsingEvent
    {
        if (parser.Current is null)
        {
            Move();
        }

        if (parser.Current is T)
        {
            Move();
        }
    }

    void Move()
    {
        var place = parser.Current?.End ?? Mark.Empty;
        try
        {
            parser.MoveNext();
        }
        catch (InvalidOperationException e)
        {
            // What the scanner throws, beside its own exceptions, when a token begins with characters no token can begin with.
            throw new YamlException(place, place, "no token can begin here", e);
        }
    }

    Node ReadNode(string path, int? keyLine, int depth)
    {
        var start = parser.Current!;
        if (depth > Deepest)
        {
            throw new YamlException(start.Start, start.End, $"nested deeper than {Deepest} levels");
        }

        var line = keyLine ?? LineOf(start);
        Move();
        switch (start)
        {
            case Scalar scalar:
                return new ScalarNode(path, line, IsNull(scalar) ? "" : scalar.Value);
            case SequenceStart:
                return ReadList(path, line, depth);
            case MappingStart:
                return ReadMap(path, line, depth);
            case AnchorAlias:
                findings.Add(path, line, "aliases are not taken; write the value out");
                return new FaultyNode(path, line);
            default:
                throw new YamlException(start.Start, start.End, "the document ends in the middle");
        }
    }

    ListNode ReadList(string path, int line, int depth)
    {
        var items = new List<Node>();
        while (parser.Current is not SequenceEnd)
        {
            items.Add(ReadNode($"{path}[{items.Count}]", null, depth + 1));
        }

        Move();
        return new ListNode(path, line, items);
    }

    MapNode ReadMap(string path, int line, int depth)
    {
        var entries = new OrderedDictionary<string, Node>();
        while (parser.Current is not MappingEnd)
        {
            var keyLine = LineOf(parser.Current!);
            var key = ReadNode(path, keyLine, depth + 1);
            var name = (key as ScalarNode)?.Text ?? "";
            var value = ReadNode(path.Length == 0 ? name : $"{path}.{name}", keyLine, depth + 1);
            if (key is not ScalarNode)
            {
                findings.Add(key, "a key is expected to be text");
            }
            else if (!entries.TryAdd(name, value))
            {
                findings.Add(value.Path, keyLine, $"the key stands here twice; first in line {entries[name].Line}");
            }
        }

        Move();
        return new MapNode(path, line, entries);
    }
}
