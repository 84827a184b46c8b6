using System.Collections.Frozen;
using System.Text.Json;
using ServerlessSync.Mesh.Configuration;

namespace ServerlessSync.Web.Intake;

/// <summary>Gives templates the values of one event's record. A blank text is no value, so a template with a blank in it gives none.</summary>
sealed class RecordReader
{
    readonly FrozenDictionary<string, FieldPath> _paths;
    readonly string _place;
    readonly EventErrors _errors;
    readonly Func<string, string?> _read;

    public RecordReader(FrozenDictionary<string, FieldPath> paths, string place, EventErrors errors)
    {
        _paths = paths;
        _place = place;
        _errors = errors;
        _read = Read;
    }

    public JsonElement Record { get; set; }

    /// <summary>The template's value, or null when it has none; a value that is no text is an error of its own.</summary>
    public string? Render(Template template) => template.Render(_read) is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;

    /// <summary>The template's value; an error that names the empty field when it has none.</summary>
    public string? Require(Template template, string purpose)
    {
        var before = _errors.Count;
        var text = Render(template);
        if (text is null && _errors.Count == before)
        {
            var empty = template.Paths.FirstOrDefault(path => Read(path) is null);
            _errors.Add(
                empty is null ? FieldOf(template) : _place + empty,
                empty is null ? $"gives no value for {purpose}" : $"is missing or empty, and {purpose} needs it");
        }

        return text;
    }

    /// <summary>The field a template's value is said to come from: the first it reads.</summary>
    public string FieldOf(Template template) => _place + template.Paths.FirstOrDefault();

    string? Read(string path)
    {
        if (!_paths[path].TryFind(Record, out var value))
        {
            return null;
        }

        if (!FieldPath.TryGetText(value, out var text))
        {
            _errors.Add(_place + path, "must be a text, a number, true or false");
            return null;
        }

        return string.IsNullOrWhiteSpace(text) ? null : text;
    }
}
