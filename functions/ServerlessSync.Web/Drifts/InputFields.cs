using System.Text.Json;
using ServerlessSync.Web.Http;

namespace ServerlessSync.Web.Drifts;

/// <summary>Reads the fields of an input strictly: what is missing, of another kind or not known is a bad request that names it.</summary>
sealed class InputFields
{
    const int MaxChars = 512;

    readonly JsonElement _input;

    InputFields(JsonElement input) => _input = input;

    /// <summary>Opens an input.</summary>
    /// <param name="input">What was sent.</param>
    /// <param name="known">The fields it may have.</param>
    public static InputFields Open(JsonElement input, params string[] known)
    {
        if (input.ValueKind != JsonValueKind.Object)
        {
            throw new QueryException($"The input must be an object with {string.Join(", ", known.Select(k => $"'{k}'"))}.");
        }

        return input.EnumerateObject().All(field => known.Contains(field.Name))
            ? new InputFields(input)
            : throw new QueryException($"The input has a field that is not known; it may have {string.Join(", ", known.Select(k => $"'{k}'"))}.");
    }

    /// <summary>A text of 1 to 512 characters.</summary>
    public string Text(string name) => OptionalText(name) ?? throw new QueryException($"'{name}' is missing; it must be a text of 1 to {MaxChars} characters.");

    /// <summary>A text of 1 to 512 characters, or null where the field is absent or null.</summary>
    public string? OptionalText(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } field when field.GetString() is { Length: > 0 and <= MaxChars } text => text,
        _ => throw new QueryException($"'{name}' must be a text of 1 to {MaxChars} characters."),
    };

    /// <summary>True or false.</summary>
    public bool Flag(string name, bool otherwise) => Find(name)?.ValueKind switch
    {
        null => otherwise,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new QueryException($"'{name}' must be true or false."),
    };

    /// <summary>A whole number from 1 on.</summary>
    public long Number(string name) => Find(name) is { ValueKind: JsonValueKind.Number } field && field.TryGetInt64(out var number) && number > 0
        ? number
        : throw new QueryException($"'{name}' must be a whole number from 1 on.");

    JsonElement? Find(string name) => _input.TryGetProperty(name, out var field) && field.ValueKind != JsonValueKind.Null ? field : null;
}
