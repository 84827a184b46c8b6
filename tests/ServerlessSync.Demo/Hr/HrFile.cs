namespace ServerlessSync.Demo.Hr;

/// <summary>The HR data as it lies in infra/local/hr.</summary>
sealed class HrFile
{
    HrFile(string folder)
    {
        Titles = Read(folder, "jobs.csv").ToDictionary(r => r["job_id"], r => r["title"], StringComparer.Ordinal);
        Departments = Read(folder, "departments.csv").ToDictionary(r => r["department_id"], r => r["name"], StringComparer.Ordinal);
        Employees = [.. Read(folder, "employees.csv").Select(FromRow)];
        var byId = Employees.ToDictionary(e => e.Id, StringComparer.Ordinal);
        History = Read(folder, "job_history.csv")
            .Select(r => byId[r["employee_id"]] with { JobId = r["job_id"], DepartmentId = r["department_id"], Since = r["start_date"] })
            .ToLookup(e => e.Id, StringComparer.Ordinal);
    }

    /// <summary>Job titles by job_id.</summary>
    public IReadOnlyDictionary<string, string> Titles { get; }

    /// <summary>Department names by department_id.</summary>
    public IReadOnlyDictionary<string, string> Departments { get; }

    /// <summary>Everybody as they are today.</summary>
    public IReadOnlyList<Employee> Employees { get; }

    /// <summary>The same people in the jobs they held before, in the order of the file.</summary>
    public ILookup<string, Employee> History { get; }

    public static HrFile Load(string folder) => new(folder);

    static Employee FromRow(Dictionary<string, string> row) => new()
    {
        Id = row["employee_id"],
        FirstName = row["first_name"],
        LastName = row["last_name"],
        EmailLocalPart = row["email_local_part"],
        Phone = row["phone"],
        HireDate = row["hire_date"],
        JobId = row["job_id"],
        ManagerId = row["manager_id"],
        DepartmentId = row["department_id"],
        Since = row["hire_date"],
    };

    // The files hold no quoted field.
    static IEnumerable<Dictionary<string, string>> Read(string folder, string file)
    {
        var lines = File.ReadAllLines(Path.Combine(folder, file));
        var names = lines[0].Split(',');
        return lines.Skip(1).Where(l => l.Length > 0).Select(l => names.Zip(l.Split(',')).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal));
    }
}
