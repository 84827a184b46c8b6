using ServerlessSync.Demo.Hr;

namespace ServerlessSync.Demo.Verification;

/// <summary>What must be true of one person at the end, from the HR files alone.</summary>
sealed record Person(Employee Employee, bool HasLeft, string? Title, string? Department)
{
    public string Id => Employee.Id;

    /// <summary>The role's name on PostgreSQL.</summary>
    public string LocalPart => Employee.EmailLocalPart.ToLowerInvariant();

    public string UserName => LocalPart + "@example.com";

    /// <summary>Every fact but the manager under its canonical name; null where HR says nothing.</summary>
    public IReadOnlyDictionary<string, string?> Facts => new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["userName"] = UserName,
        ["displayName"] = $"{Employee.FirstName} {Employee.LastName}",
        ["givenName"] = Employee.FirstName,
        ["familyName"] = Employee.LastName,
        ["title"] = Title,
        ["department"] = Department,
        ["mail"] = UserName,
        ["phone"] = Employee.Phone,
        ["employeeNumber"] = Employee.Id,
    };
}
