using System.Text.Json;

namespace ServerlessSync.EndToEnd.Kill;

/// <summary>Somebody of the sample HR data.</summary>
/// <param name="Number">The employee id.</param>
/// <param name="Local">The e-mail's local part, which is also the role's name on the warehouse.</param>
/// <param name="Name">For display.</param>
sealed record Person(string Number, string Local, string Name)
{
    public string UserName => Local + "@example.com";
}

/// <summary>What HR says of somebody at one time.</summary>
sealed record HrEvent(Person Person, int Sequence, string Type, string Department, string Title)
{
    public const string Hired = "employee.hired";
    public const string Changed = "employee.changed";
    public const string Terminated = "employee.terminated";

    /// <summary>The same for every delivery: the webhook's id as well as the event's.</summary>
    public string Id => FormattableString.Invariant($"{Person.Number}-{Sequence}");

    public bool Ends => Type == Terminated;

    public byte[] ToBody() => JsonSerializer.SerializeToUtf8Bytes(new
    {
        id = Id,
        type = Type,
        sequence = Sequence,
        timestamp = "2026-01-01T00:00:00Z",
        data = new { employee_id = Person.Number, user_name = Person.UserName, name = Person.Name, department = Department, title = Title },
    });
}
