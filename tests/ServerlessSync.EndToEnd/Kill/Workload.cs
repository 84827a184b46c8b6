using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Kill;

/// <summary>
/// Fifty people of the sample HR data and what happens to them: all join, a third move, some leave, one of them returns. Each wave is sent
/// when the one before has settled, so what must happen at the targets is the same however the run is cut.
/// </summary>
sealed record Workload(IReadOnlyList<Person> People, Person Foreign, IReadOnlyList<IReadOnlyList<HrEvent>> Waves)
{
    const int Size = 50;
    const int Leavers = 6;

    static readonly string[] Departments = ["Finance", "IT", "Purchasing", "Sales", "Shipping"];

    /// <summary>Draws who moves, leaves and returns.</summary>
    public static Workload Draw(Random random)
    {
        var departments = Rows("departments.csv").ToDictionary(r => r[0], r => r[1]);
        List<HrEvent> hired =
        [
            .. Rows("employees.csv").Take(Size).Select(r => new HrEvent(
                new Person(r[0], r[3].ToLowerInvariant(), $"{r[1]} {r[2]}"), 1, HrEvent.Hired, departments[r[8]], r[6])),
        ];
        var now = hired.ToDictionary(e => e.Person);
        var people = hired.Select(e => e.Person).ToArray();
        var foreign = people[random.Next(people.Length)];
        random.Shuffle(people);
        var moved = people.Take(Size / 3).Select(p => Move(p, "promoted")).ToList();
        random.Shuffle(people);
        var left = people.Where(p => p != foreign).Take(Leavers).Select(p => Say(now[p] with { Type = HrEvent.Terminated })).ToList();
        var returned = Move(left[0].Person, "returned");
        return new Workload([.. hired.Select(e => e.Person)], foreign, [hired, moved, left, [returned]]);

        HrEvent Move(Person person, string title)
        {
            var others = Departments.Where(d => d != now[person].Department).ToList();
            return Say(now[person] with { Type = HrEvent.Changed, Department = others[random.Next(others.Count)], Title = title });
        }

        HrEvent Say(HrEvent said) => now[said.Person] = said with { Sequence = now[said.Person].Sequence + 1 };
    }

    static IEnumerable<string[]> Rows(string file) =>
        File.ReadLines(RepositoryRoot.Combine("infra", "local", "hr", file)).Skip(1).Select(line => line.Split(','));
}
