namespace ServerlessSync.Mesh.Configuration.Reading;

/// <summary>Finds the known name a mistyped one was most likely meant to be.</summary>
static class NearestName
{
    const int LongestCompared = 64;

    public static string Of(string name, IEnumerable<string> known) =>
        known.OrderBy(k => Distance(name, k)).ThenBy(k => k, StringComparer.Ordinal).FirstOrDefault() ?? "";

    /// <summary>The known name when it is near enough to be taken for a slip of the pen, or null.</summary>
    public static string? Meant(string name, IEnumerable<string> known) => Of(name, known) is { } nearest && Distance(name, nearest) * 2 <= nearest.Length ? nearest : null;

    static int Distance(string left, string right)
    {
        left = left.Length > LongestCompared ? left[..LongestCompared] : left;
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var same = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]);
                var cost = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1));
                (diagonal, row[j]) = (row[j], cost);
            }
        }

        return row[right.Length];
    }
}
