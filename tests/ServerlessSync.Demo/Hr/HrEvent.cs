namespace ServerlessSync.Demo.Hr;

/// <summary>One event HR sends.</summary>
/// <param name="Type">employee.hired, employee.changed, employee.terminated or employee.returned.</param>
/// <param name="Employee">The person's record.</param>
/// <param name="Sequence">Its place in the order of events; dates do not decide it.</param>
sealed record HrEvent(string Type, Employee Employee, long Sequence)
{
    public const string Hired = "employee.hired";
    public const string Changed = "employee.changed";
    public const string Terminated = "employee.terminated";
    public const string Returned = "employee.returned";

    public string Id => FormattableString.Invariant($"hr-{Sequence:D6}");
}
