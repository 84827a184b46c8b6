using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessSync.EndToEnd.Saga;
using ServerlessSync.Engines.InProcess.Replay;
using ServerlessSync.Mesh.Workflows;
using ServerlessSync.Mesh.Workflows.Engine;
using ServerlessSync.TestKit;

namespace ServerlessSync.EndToEnd.Replay;

/// <summary>
/// Runs of earlier builds, one file a run, are replayed by the code at hand. When one of them fails here, runs in flight would fail at the next
/// deploy: leave the workflow as it was and add the change as a new version. RECORD=missing writes down the scenarios that have no file yet.
/// </summary>
public sealed class RecordedHistoryTests
{
    static readonly string Folder = RepositoryRoot.Combine("tests", "ServerlessSync.EndToEnd", "Replay", "Histories");

    public static TheoryData<string> Recorded { get; } = [.. Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    public static TheoryData<string> ScenarioNames { get; } = [.. Scenarios.All.Keys];

    [Theory]
    [MemberData(nameof(Recorded))]
    public async Task A_recorded_run_is_replayed_to_the_same_commands_and_the_same_end(string file) =>
        Read(file).FindMismatch(await CatalogAsync()).ShouldBeNull();

    [Fact]
    public async Task A_run_whose_steps_were_recorded_in_another_order_fails_with_the_step_named_and_what_was_expected()
    {
        var mismatch = Read(Path.Combine("NotDeterministic", "joiner-steps-swapped.v1.json")).FindMismatch(await CatalogAsync());
        mismatch.ShouldNotBeNull();
        mismatch.ShouldContain("Workflow 'change' is not deterministic at step 5 of its history");
        mismatch.ShouldContain("expected activity 'verify' (task 1) as in history, but the code does activity 'apply' (task 1)");
        mismatch.ShouldContain("add it as a new version");
    }

    [Theory]
    [MemberData(nameof(ScenarioNames))]
    public async Task A_scenario_played_by_this_build_has_a_recorded_run_of_the_version_it_begins_with(string name)
    {
        var catalog = await CatalogAsync();
        var played = await Scenarios.PlayAsync(Scenarios.All[name]);
        var text = played.Write();
        RecordedRun.Read(text).Write().ShouldBe(text);
        RecordedRun.Read(text).FindMismatch(catalog).ShouldBeNull();

        var file = Path.Combine(Folder, $"{name}.v{played.Version}.json");
        Recordings.WriteMissing(file, text);
        File.Exists(file).ShouldBeTrue($"{file} is missing: RECORD=missing writes it");
        played.Version.ShouldBe(catalog.FindVersion(WorkflowNames.Change));
        Read(file).Status.ShouldBe(played.Status);
    }

    [Fact]
    public async Task Any_change_of_any_step_of_any_recorded_run_is_noticed()
    {
        var catalog = await CatalogAsync();
        var (runs, steps, changes) = (0, 0, 0);
        foreach (var file in Directory.GetFiles(Folder, "*.json"))
        {
            runs++;
            var text = await File.ReadAllTextAsync(file);
            foreach (var (generation, step) in Steps(text))
            {
                steps++;
                foreach (var changed in Changes(text, generation, step))
                {
                    changes++;
                    RecordedRun.Read(changed).FindMismatch(catalog).ShouldNotBeNull($"{file}, generation {generation}, event {step}");
                }
            }
        }

        Progress.Show($"replay: {runs} recorded runs with {steps} steps; {changes} changes planted, 0 silent");
        runs.ShouldBeGreaterThanOrEqualTo(Scenarios.All.Count);
    }

    [Fact]
    public void A_run_of_a_version_that_is_not_there_is_named() =>
        Read("joiner.v1.json").FindMismatch(new WorkflowCatalog()).ShouldNotBeNull().ShouldContain("no version '1' of workflow 'change'");

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"workflow":"change","version":"1","instanceId":"x","status":"completed","generations":[{"events":[{"kind":"noSuch"}]}]}""")]
    public void A_text_that_is_no_recorded_run_is_refused(string text) => Should.Throw<JsonException>(() => RecordedRun.Read(text));

    static RecordedRun Read(string file) => RecordedRun.Read(File.ReadAllText(Path.Combine(Folder, file)));

    static IEnumerable<(int Generation, int Step)> Steps(string text)
    {
        var generations = JsonNode.Parse(text)!["generations"]!.AsArray();
        return from generation in Enumerable.Range(0, generations.Count)
               let events = generations[generation]!["events"]!.AsArray()
               from step in Enumerable.Range(0, events.Count)
               where (string)events[step]!["kind"]! is "activityScheduled" or "timerCreated" or "timerCancelled"
               select (generation, step);
    }

    /// <summary>The step left out, as another one, under another number, with another input or due time, and twice.</summary>
    static IEnumerable<string> Changes(string text, int generation, int step)
    {
        string With(Action<JsonArray> change)
        {
            var run = JsonNode.Parse(text)!;
            change(run["generations"]![generation]!["events"]!.AsArray());
            return run.ToJsonString();
        }

        yield return With(events => events.RemoveAt(step));
        yield return With(events => events.Insert(step, events[step]!.DeepClone()));
        yield return With(events => events[step]!["task"] = (int)events[step]!["task"]! + 1);
        yield return With(events => events[step]!["kind"] = (string)events[step]!["kind"]! == "activityScheduled" ? "timerCreated" : "activityScheduled");
        switch ((string)JsonNode.Parse(text)!["generations"]![generation]!["events"]![step]!["kind"]!)
        {
            case "activityScheduled":
                yield return With(events => events[step]!["name"] = "other");
                yield return With(events => events[step]!["payload"] = "other");
                break;
            case "timerCreated":
                yield return With(events => events[step]!["at"] = "2001-01-01T00:00:00+00:00");
                break;
        }
    }

    static async Task<WorkflowCatalog> CatalogAsync()
    {
        await using var world = await MeshWorld.StartAsync(Scenarios.Configuration);
        return world.Mesh.Catalog;
    }
}
