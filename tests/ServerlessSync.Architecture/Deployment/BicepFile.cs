using System.Text.Json;
using System.Text.RegularExpressions;

namespace ServerlessSync.Architecture;

/// <summary>The declarations of one Bicep file.</summary>
sealed partial class BicepFile(string path, JsonElement tree)
{
    public string Path { get; } = path;

    /// <summary>Where the parser gave up, or null.</summary>
    public string? Error => tree.GetProperty("error").GetString();

    public IEnumerable<JsonElement> Parameters => tree.GetProperty("parameters").EnumerateArray();

    /// <summary>Other files this one deploys.</summary>
    public IEnumerable<JsonElement> Modules => tree.GetProperty("modules").EnumerateArray();

    public IEnumerable<JsonElement> Outputs => tree.GetProperty("outputs").EnumerateArray();

    /// <summary>The text of every string, without what is filled in.</summary>
    public IEnumerable<string> Strings => Texts(tree.GetProperty("strings"));

    /// <summary>Names of the functions called, decorators among them.</summary>
    public IEnumerable<string> Calls => Texts(tree.GetProperty("calls"));

    /// <summary>Names of all variables; in a parameter file, of what it sets.</summary>
    public IEnumerable<string> Variables => tree.GetProperty("variables").EnumerateArray().Select(NameOf);

    /// <summary>The name of a declaration.</summary>
    public static string NameOf(JsonElement declaration) => declaration.GetProperty("name").GetString()!;

    /// <summary>The value of a variable, or null.</summary>
    public JsonElement? Variable(string name) => tree.GetProperty("variables").EnumerateArray()
        .Where(variable => NameOf(variable) == name)
        .Select(variable => (JsonElement?)variable.GetProperty("value"))
        .FirstOrDefault();

    /// <summary>The resources of a type, without its version.</summary>
    public IEnumerable<JsonElement> Resources(string type) => tree.GetProperty("resources").EnumerateArray()
        .Where(resource => resource.GetProperty("type").GetString()!.Split('@')[0] == type);

    /// <summary>The body of a resource; that of each turn when it is declared in a loop.</summary>
    public static JsonElement Body(JsonElement resource) =>
        resource.GetProperty("value") is var value && value.TryGetProperty("each", out var each) ? each : value;

    /// <summary>Every value an expression in a resource has: a text, a variable, or one of the list the resource loops over.</summary>
    /// <exception cref="InvalidOperationException">It cannot be read from the file alone.</exception>
    public IEnumerable<string> ValuesOf(JsonElement resource, JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? [value.GetString()!] : ValuesOf(resource, value.GetProperty("expression").GetString()!);

    /// <inheritdoc cref="ValuesOf(JsonElement, JsonElement)"/>
    public IEnumerable<string> ValuesOf(JsonElement resource, string expression)
    {
        if (expression.StartsWith('\''))
        {
            return [expression.Trim('\'')];
        }

        if (Variable(expression) is { ValueKind: JsonValueKind.String } variable)
        {
            return [variable.GetString()!];
        }

        return resource.GetProperty("value").TryGetProperty("of", out var list) && Variable(list.GetString()!) is { ValueKind: JsonValueKind.Array } items
            ? items.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetProperty(expression.Split('.')[^1]).GetString()!)
            : throw new InvalidOperationException($"{Path}: '{expression}' is no text, no variable and no member of a list");
    }

    /// <summary>The words of an expression, with which it may name variables.</summary>
    public static IEnumerable<string> Words(string expression) => Word().Matches(expression).Select(match => match.Value);

    static IEnumerable<string> Texts(JsonElement list) => list.EnumerateArray().Select(item => item.GetString()!);

    [GeneratedRegex("[A-Za-z][A-Za-z0-9]*", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Word();
}
