namespace ServerlessSync.Mesh.Configuration.Reading;

/// <summary>A piece of the file and where it stands; a value in a mapping has the line of its key.</summary>
abstract record Node(string Path, int Line);

/// <summary>Text; empty where nothing, or the word null without quotes, stands.</summary>
sealed record ScalarNode(string Path, int Line, string Text) : Node(Path, Line);

sealed record ListNode(string Path, int Line, IReadOnlyList<Node> Items) : Node(Path, Line);

sealed record MapNode(string Path, int Line, OrderedDictionary<string, Node> Entries) : Node(Path, Line);

/// <summary>A piece whose fault is reported already; readers pass over it in silence.</summary>
sealed record FaultyNode(string Path, int Line) : Node(Path, Line);
