namespace ServerlessSync.Storage.Tables;

/// <summary>
/// Names of tables: 3 to 63 letters and digits, the first a letter, not <c>tables</c>; they ignore case
/// (<see href="https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model#table-names"/>).
/// </summary>
static class TableName
{
    public const int MaxChars = 63;
    const int MinChars = 3;

    public static bool IsValid(string name) =>
        name.Length is >= MinChars and <= MaxChars
        && char.IsAsciiLetter(name[0])
        && name.All(char.IsAsciiLetterOrDigit)
        && !name.Equals("tables", StringComparison.OrdinalIgnoreCase);
}
