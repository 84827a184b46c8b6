namespace ServerlessSync.Demo.Hr;

/// <summary>A row of employees.csv, or the same person in an earlier job.</summary>
sealed record Employee
{
    public required string Id { get; init; }

    public required string FirstName { get; init; }

    public required string LastName { get; init; }

    public required string EmailLocalPart { get; init; }

    public required string Phone { get; init; }

    public required string HireDate { get; init; }

    public required string JobId { get; init; }

    public required string ManagerId { get; init; }

    public required string DepartmentId { get; init; }

    /// <summary>The day this row began to hold.</summary>
    public required string Since { get; init; }
}
