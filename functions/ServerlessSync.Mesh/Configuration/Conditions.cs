namespace ServerlessSync.Mesh.Configuration;

/// <summary>Conditions as written in mesh.yaml: names, each with the values of which one must hold.</summary>
public static class Conditions
{
    /// <summary>Whether every condition holds. Values compare without case; a missing value meets none; no condition at all always holds.</summary>
    public static bool Hold(IReadOnlyDictionary<string, IReadOnlyList<string>> conditions, Func<string, string?> read)
    {
        foreach (var (name, values) in conditions)
        {
            if (read(name) is not { } value || !values.Contains(value, StringComparer.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }
}
